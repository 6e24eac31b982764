"""Questions about payment attempts that are asked often, however many attempts there are."""

from datetime import datetime
from typing import Final

from db.fields import to_ms
from db.law import BACK, IN_HAND, UNCONFIRMED
from db.transactions import look, rows

# the states stand in the statement itself: else no partial index is thought of
_UNSETTLED: Final = """
SELECT id, session_id FROM attempt WHERE state IN ('created', 'open', 'processing')
AND (livemode IS NULL OR livemode = ?)
UNION ALL SELECT id, session_id FROM attempt WHERE created_at >= ? AND state = 'succeeded'
AND (livemode IS NULL OR livemode = ?)"""

UNUSED: Final = (
    f"attempt.state = 'succeeded' AND booking.status IN {UNCONFIRMED}"
    f" AND {BACK} < paid_minor AND NOT {IN_HAND} AND NOT EXISTS (SELECT 1 FROM review"
    " WHERE review.session_id = attempt.session_id AND closed_at IS NULL)"
)
"""A payment that should have confirmed its booking: nothing goes back, nobody is asked about it."""


async def to_compare(*, since: datetime, livemode: bool) -> list[tuple[int, str]]:
    """Return id and session of the attempts that are open, and of those since then that are paid.

    Only what belongs to one mode of Stripe is returned, or was never begun in any.
    """
    found = await look(_UNSETTLED, (livemode, to_ms(since), livemode))
    # told apart here: asked for a session, SQLite reads all of them by their unique index
    return [(number, session) for number, session in found if session is not None]


async def is_unused(attempt_id: int) -> bool:
    """Tell whether a payment came that should have confirmed its booking, and did not."""
    found = await rows(
        "SELECT attempt.id FROM attempt JOIN booking ON booking.id = attempt.booking_id"
        f" WHERE attempt.id = ? AND {UNUSED}",
        (attempt_id,),
    )
    return bool(found)
