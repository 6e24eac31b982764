"""What waits in one lane: how much, and letting go of it."""

from datetime import datetime

from db.fields import to_ms
from db.transactions import rows, run, transactional


async def open_in_lane(lane: str, *, most: int) -> int:
    """Count the open jobs of a lane, as far as `most`."""
    (found,) = await rows(
        "SELECT count(*) AS open FROM (SELECT 1 AS one FROM job WHERE lane = ?"
        " AND done_at IS NULL AND dead_at IS NULL LIMIT ?) AS these",
        (lane, most),
    )
    return int(found["open"])


async def is_waiting_in_lane(lane: str) -> bool:
    """Tell whether a job of a lane is open that nobody has begun."""
    found = await rows(
        "SELECT 1 AS one FROM job WHERE lane = ? AND lease_until IS NULL"
        " AND done_at IS NULL AND dead_at IS NULL LIMIT 1",
        (lane,),
    )
    return bool(found)


@transactional
async def let_go(lane: str, *, keep: int, now: datetime) -> int:
    """Finish what waits in a lane without doing it, but for the newest; return how much."""
    newest = await rows(
        "SELECT id FROM job WHERE lane = ? AND done_at IS NULL AND dead_at IS NULL"
        " ORDER BY id DESC LIMIT ?",
        (lane, keep),
    )
    if len(newest) < keep:
        return 0
    return await run(
        "UPDATE job SET done_at = ? WHERE lane = ? AND id < ? AND lease_until IS NULL"
        " AND done_at IS NULL AND dead_at IS NULL",
        (to_ms(now), lane, newest[-1]["id"]),
    )
