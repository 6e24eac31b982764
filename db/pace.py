"""How fast all replicas together may do something: one number a limit, in a table of PostgreSQL.

The number is when everything allowed so far would be over if it went at an even pace (the generic
cell rate algorithm). The table is unlogged: a turn waits for no disk, and after a crash of the
server the limits begin anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from db.transactions import rows, run

_NOW: Final = "(extract(epoch FROM statement_timestamp()) * 1000000)::bigint"
_TAKE: Final = f"""
WITH given AS (
    SELECT * FROM unnest(?::text[], ?::bigint[], ?::bigint[]) AS one (name, step, most))
INSERT INTO pace AS known (name, free_at) SELECT name, {_NOW} + step FROM given
ON CONFLICT (name) DO UPDATE
SET free_at = excluded.free_at - {_NOW} + CASE
WHEN known.free_at > {_NOW} + (SELECT most FROM given WHERE given.name = known.name) THEN {_NOW}
ELSE GREATEST(known.free_at, {_NOW}) END
RETURNING name, free_at - {_NOW} AS ahead"""
_FORGET: Final = f"DELETE FROM pace WHERE free_at < {_NOW} - 60000000"
_MICROSECONDS: Final = 1_000_000
_TIME_AHEAD: Final = 5 * _MICROSECONDS


@dataclass(frozen=True, slots=True)
class Limit:
    """So many a second, and `burst` at once after a silence."""

    name: str
    per_second: float
    burst: float
    turns: int = 10
    """So many at most wait for their turn; more, and the server's clock has stepped back."""

    @property
    def step(self) -> int:
        """Return the microseconds one takes at an even pace."""
        return max(1, round(_MICROSECONDS / self.per_second))

    @property
    def most(self) -> int:
        """Return how many microseconds ahead a turn may be taken; beyond, the limit begins anew."""
        return round((self.burst + self.turns) * self.step) + _TIME_AHEAD


async def take_turns(limits: Sequence[Limit]) -> float:
    """Take one turn of each limit, in their order; return how many seconds to wait for the last.

    Whoever gives limits in the same order never waits for each other in a circle.
    """
    given = (
        [limit.name for limit in limits],
        [limit.step for limit in limits],
        [limit.most for limit in limits],
    )
    ahead: dict[str, int] = {row["name"]: row["ahead"] for row in await rows(_TAKE, given)}
    waits = (ahead[limit.name] - limit.burst * limit.step for limit in limits)
    return max(0.0, *waits) / _MICROSECONDS


async def forget_turns() -> int:
    """Delete what limits nobody any more; return how much."""
    return await run(_FORGET)
