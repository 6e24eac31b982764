"""The record of who did what."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from booking.ports import Environment
from db.fields import seal_json, to_ms
from db.models import REFERENCE_LENGTH
from db.money_models import Audit
from db.transactions import run

ASKED_TO_CANCEL: Final = "ask to cancel"
"""The action under which an admin's reason is kept until the question is answered."""
WITH_REASON: Final = (ASKED_TO_CANCEL, "cancel")
REASON: Final = "reason"
_INSERT: Final = "INSERT INTO audit (at, actor, action, reference, detail) VALUES (?, ?, ?, ?, ?)"


async def latest(*, reference: str = "", most: int) -> list[Audit]:
    """Return the last lines of the audit log, the newest first; of one booking when it is named."""
    if len(reference) > REFERENCE_LENGTH:
        return []
    about = Audit.filter(reference=reference) if reference else Audit.all()
    return await about.order_by("-id").limit(most)


async def forget_reasons(references: Sequence[str]) -> None:
    """Take out what admins wrote about bookings, which may name people; that they did stays."""
    for line in await Audit.filter(reference__in=references, action__in=WITH_REASON):
        if line.detail and REASON in line.detail:
            line.detail = {name: said for name, said in line.detail.items() if name != REASON}
            await line.save(update_fields=["detail"])


async def record(
    env: Environment,
    *,
    actor: str,
    action: str,
    reference: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one line of the audit log in the caller's transaction."""
    sealed = seal_json(dict(detail)) if detail else None
    await run(_INSERT, (to_ms(env.clock.now()), actor, action, reference, sealed))
