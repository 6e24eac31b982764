"""What must hold at the end: our exports against the ledgers of the pretend Stripe and Telegram."""

from collections import Counter
from dataclasses import dataclass, field

from sandbox.world import World
from tests.engines import second_connection
from tests.process import Bot
from tests.replicas.customers import documents

KEEPS = {"held", "awaiting_payment", "processing", "confirmed", "completed", "no_show"}
TWICE = (
    "SELECT booking_id, kind FROM told WHERE kind LIKE '%remind%' GROUP BY 1, 2 HAVING count(*) > 1"
)
OPEN = """SELECT kind, key, last_error FROM job WHERE done_at IS NULL AND (dead_at IS NOT NULL
OR (run_at < {now} AND created_at < {now})) AND COALESCE(last_error, '') NOT LIKE 'blocked%'"""

"""What is due for a minute; what was taken in right before the stop has no `run_at` of its own."""


@dataclass
class Findings:
    """What was counted, and what is wrong."""

    wrong: list[str] = field(default_factory=list)
    confirmed: int = 0
    doubled: int = 0

    def must(self, holds: bool, words: str) -> None:
        if not holds:
            self.wrong.append(words)


async def check(world: World, bot: Bot, url: str, *, units: int) -> Findings:
    """Look at everything once nothing moves any more."""
    found = Findings()
    bookings, payments = await bot.rows("bookings"), await bot.rows("payments")
    _payments(found, world, bookings, payments)
    _places(found, bookings, units)
    _receipts(found, world, bookings)
    async with second_connection(url) as other:
        doubled = await other.rows(TWICE)
        found.must(not doubled, f"reminded twice: {doubled}")
        left = await other.rows(OPEN.format(now=int(world.clock.now() * 1000) - 60_000))
        found.must(not left, f"not done: {left[:5]}")
        updates = await other.value("SELECT count(*) FROM job WHERE kind = 'update'")
    found.must(updates > 0, "no update was ever kept")
    waiting = len(world.telegram.server.inbox.alive())
    found.must(waiting == 0, f"{waiting} updates were never taken")
    return found


PART_MINOR = 100
"""What a shop gives back of a booking that goes on, where it does."""


def _payments(found: Findings, world: World, bookings, payments) -> None:
    paid = {
        one["id"]: one["amount_total"]
        for one in world.stripe.ledger()["sessions"]
        if one["payment_status"] == "paid"
    }
    ours = Counter(one["session_id"] for one in payments if one["status"] == "succeeded")
    found.must(set(ours) == set(paid), f"payments differ: {set(ours) ^ set(paid)}")
    found.must(all(count == 1 for count in ours.values()), f"recorded twice: {ours}")
    states = {one["reference"]: one["status"] for one in bookings}
    for one in payments:
        if one["status"] != "succeeded":
            continue
        found.must(one["amount_minor"] == paid.get(one["session_id"]), f"another amount: {one}")
        back = sum(refund["amount_minor"] for refund in one["refunds"])
        kept = states[one["reference"]] == "confirmed" and back in {0, PART_MINOR}
        found.must(kept or back == one["amount_minor"], f"neither kept nor given back: {one}")


def _places(found: Findings, bookings, units: int) -> None:
    taken = Counter()
    for one in bookings:
        if one["status"] in KEEPS:
            taken[one["staff"], one["start"]] += one["seats"]
    over = {place: seats for place, seats in taken.items() if seats > units}
    found.must(not over, f"oversold: {over}")


def _receipts(found: Findings, world: World, bookings) -> None:
    for one in bookings:
        if one["status"] != "confirmed":
            continue
        found.confirmed += 1
        receipts = documents(world, one["customer_telegram_id"])
        found.must(receipts >= 1, f"no receipt for {one['reference']}")
        found.doubled += max(0, receipts - 1)
