"""The record of who did what."""

from collections.abc import Mapping
from typing import Any

from booking.ports import Environment
from db.models import REFERENCE_LENGTH
from db.money_models import Audit


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
    await Audit.create(
        at=env.clock.now(),
        actor=actor,
        action=action,
        reference=reference,
        detail=dict(detail) if detail else None,
    )
