"""The record of who did what."""

from collections.abc import Mapping
from typing import Any, Final

from booking.ports import Environment
from db.fields import seal_json, to_ms
from db.models import REFERENCE_LENGTH
from db.money_models import Audit
from db.transactions import run

_INSERT: Final = "INSERT INTO audit (at, actor, action, reference, detail) VALUES (?, ?, ?, ?, ?)"


async def latest(*, reference: str = "", most: int) -> list[Audit]:
    """Return the last lines of the audit log, the newest first; of one booking when it is named."""
    if len(reference) > REFERENCE_LENGTH:
        return []
    about = Audit.filter(reference=reference) if reference else Audit.all()
    return await about.order_by("-id").limit(most)


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
