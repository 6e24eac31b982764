"""Questions about payment attempts that are asked often, however many attempts there are."""

from datetime import datetime
from typing import Final

from db.fields import to_ms
from db.transactions import look

# the states stand in the statement itself: else no partial index is thought of
_UNSETTLED: Final = """
SELECT id, session_id FROM attempt WHERE state IN ('created', 'open', 'processing')
AND (livemode IS NULL OR livemode = ?)
UNION ALL SELECT id, session_id FROM attempt WHERE created_at >= ? AND state = 'succeeded'
AND (livemode IS NULL OR livemode = ?)"""


async def to_compare(*, since: datetime, livemode: bool) -> list[tuple[int, str]]:
    """Return id and session of the attempts that are open, and of those since then that are paid.

    Only what belongs to one mode of Stripe is returned, or was never begun in any.
    """
    found = await look(_UNSETTLED, (livemode, to_ms(since), livemode))
    # told apart here: asked for a session, SQLite reads all of them by their unique index
    return [(number, session) for number, session in found if session is not None]
