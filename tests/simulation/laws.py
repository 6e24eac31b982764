"""The laws that hold at every instant, checked against the ledgers of Stripe and Telegram."""

import tomllib
from collections import Counter, defaultdict

from db.states import MOVES, BookingState
from handlers.stripe_events import TYPES
from tests.simulation.world import CATALOG, Violation

KEEPS = frozenset({"held", "awaiting_payment", "processing", "confirmed", "completed", "no_show"})
UNPAID = frozenset({"held", "awaiting_payment"})
STAFF = {9, 10, -1001}
"""The admins, and their group."""
ENDED = frozenset({"cancelled", "expired"})
COUNTS = frozenset({"asked", "pending", "requires_action", "succeeded"})
CARRIED = frozenset({"pending", "requires_action", "succeeded"})
PART = {"text", "calendar", "code"}
MINUTE = 60_000


def reachable() -> dict[str, set[str]]:
    """Return which states a booking may come to from each, by any number of permitted moves."""
    found = {str(one): {str(one)} for one in BookingState}
    for _ in BookingState:
        for state, goals in found.items():
            found[state] = goals | {str(to) for one in goals for to in MOVES[BookingState(one)]}
    return found


REACHABLE = reachable()


def must(holds: bool, law: str, words: str) -> None:
    """Raise a violation unless something holds."""
    if not holds:
        raise Violation(law, words)


class Laws:
    """Check what must be true after every step."""

    def __init__(self, world, catalog: str = CATALOG):
        self.world, sold = world, tomllib.loads(catalog)
        self._services = {one["key"]: one for one in sold["services"]}
        self._units = {one["key"]: one.get("units", 1) for one in sold["staff"]}
        self._most_uses = {one["code"]: one["max_uses"] for one in sold.get("coupons", ())}
        self._was: dict[int, str] = {}
        self._known = set()

    async def now(self, fresh, *, whole: bool = False):
        """Check every law of the instant; `fresh` is who read of which booking in this step."""
        picture = await self.world.books.picture(whole=whole)
        self._errors()
        self._moves(picture)
        self._places(picture)
        self._payments(picture)
        self._fits(picture)
        self._refunds(picture)
        self._released(picture)
        self._read_by_others(fresh, picture)
        await self._acknowledged()
        await self._coupons()
        await self._buried()
        self._was |= {one["id"]: one["status"] for one in picture.bookings.values()}
        return picture

    def _errors(self) -> None:
        said = self.world.errors()
        must(not said, "no errors", said[-3000:])

    def _moves(self, picture) -> None:
        for one in picture.bookings.values():
            was = self._was.get(one["id"], "held")
            must(
                one["status"] in REACHABLE[was],
                "7 moves",
                f"{one['reference']} went from {was} to {one['status']}",
            )
            self._was[one["id"]] = one["status"]

    def _places(self, picture) -> None:
        taken = defaultdict(Counter)
        for one in picture.bookings.values():
            keeps = one["status"] in KEEPS
            seats = picture.seats.get(one["id"], 0)
            must(
                seats == (one["seats"] if keeps else 0),
                "1 seats",
                f"{one['reference']} is {one['status']}, wants {one['seats']}, has {seats} seats",
            )
            if keeps:
                taken[one["staff"]][one["service"], one["start"], one["end"]] += one["seats"]
        for staff, wanted in taken.items():
            self._capacity(staff, wanted)

    def _capacity(self, staff: str, wanted: Counter) -> None:
        """Let every unit begin and end what it has, and count how many are busy at once."""
        changes = []
        for (service, start, end), seats in wanted.items():
            sold = self._services[service]
            units = -(-seats // sold.get("capacity", 1))
            begins = start - sold.get("buffer_before", 0) * MINUTE
            ends = end + sold.get("buffer_after", 0) * MINUTE
            changes += [(begins, units), (ends, -units)]
        busy = 0
        for at, units in sorted(changes):
            busy += units
            must(
                busy <= self._units[staff],
                "1 capacity",
                f"{busy} at {staff} at {at}: {dict(wanted)}",
            )

    def _payments(self, picture) -> None:
        for session, attempts in picture.by_session().items():
            must(len(attempts) == 1, "2 once", f"{session} is in {len(attempts)} attempts")
        store = self.world.store
        for one in picture.attempts.values():
            if one["state"] != "succeeded":
                continue
            session = store.sessions.get(one["session_id"]) or {}
            true = session.get("payment_status"), session.get("amount_total")
            must(
                true == ("paid", one["paid_minor"]),
                "2 true",
                f"attempt {one['id']} says {one['paid_minor']} were paid, Stripe says {true}",
            )

    def _fits(self, picture) -> None:
        """Nobody is confirmed for another amount than was asked, unless an admin said so."""
        paid, agreed = (
            defaultdict(set),
            {one["booking_id"] for one in picture.reviews if one["answer"] == "accepted"},
        )
        for one in picture.attempts.values():
            if one["state"] == "succeeded":
                paid[one["booking_id"]].add((one["paid_minor"], one["currency"]))
        for one in picture.bookings.values():
            asked = (one["due_minor"], one["currency"])
            must(
                one["status"] != "confirmed"
                or not one["due_minor"]
                or asked in paid[one["id"]]
                or one["id"] in agreed,
                "2 fits",
                f"{one['reference']} is confirmed for {paid[one['id']]} instead of {asked}",
            )

    def _refunds(self, picture) -> None:
        back, of_key = Counter(), Counter()
        for one in picture.refunds:
            if one["state"] in COUNTS:
                back[one["attempt_id"]] += one["amount_minor"]
        for attempt, minor in back.items():
            paid = picture.attempts[attempt]["paid_minor"]
            must(minor <= paid, "4 never more", f"attempt {attempt}: {minor} back of {paid}")
        store, at_stripe = self.world.store, Counter()
        for identifier in self.world.diary.refunds[-200:]:
            refund = store.refunds[identifier]
            of_key[refund["metadata"].get("refund")] += 1
            if refund["status"] in CARRIED:
                at_stripe[refund["charge"]] += refund["amount"]
        del of_key[None]
        doubled = [key for key, count in of_key.items() if count > 1]
        must(not doubled, "4 one each", f"more than one refund at Stripe for {doubled}")
        for charge, minor in at_stripe.items():
            must(
                minor <= store.charges[charge]["amount"],
                "4 never more",
                f"{minor} of {charge} are given back",
            )

    def _released(self, picture) -> None:
        """Nobody can pay for a place that was given away after its link was known."""
        store = self.world.store
        for one in picture.attempts.values():
            booking = picture.bookings[one["booking_id"]]
            session = store.sessions.get(one["session_id"])
            if booking["status"] not in ENDED or session is None or session["status"] != "open":
                continue
            must(
                self._was.get(booking["id"]) in {"held", None} or one["number"] > 1,
                "6 payable",
                f"{booking['reference']} has ended, and its session can be paid",
            )

    def _read_by_others(self, fresh, picture) -> None:
        owners = {one["reference"]: one["chat"] for one in picture.bookings.values()}
        for chat, reference in fresh:
            owner = owners.get(reference, chat)
            must(chat in {owner, *STAFF}, "G4 privacy", f"{chat} reads of {reference} of {owner}")

    async def _acknowledged(self) -> None:
        """What was answered with 200 is written down."""
        diary, shop = self.world.diary, self.world.shop_id
        diary.undelivered()
        for event in diary.acknowledged:
            if event["type"] not in TYPES or event["type"].startswith("refund."):
                continue
            if event["data"]["object"]["metadata"].get("shop") != shop:
                continue
            key = f"evt:{event['id']}"
            found = await self.world.books.value(f"SELECT count(*) FROM job WHERE key = '{key}'")
            must(found == 1, "A1 acknowledged", f"{event['type']} was accepted and is not kept")
        diary.acknowledged.clear()

    async def _coupons(self) -> None:
        query = "SELECT code, count(*) AS uses FROM coupon_use JOIN coupon ON coupon.id = coupon_id"
        for one in await self.world.books.rows(f"{query} GROUP BY code"):
            most = self._most_uses[one["code"]]
            must(one["uses"] <= most, "7 coupons", f"{one['code']} is used {one['uses']} times")

    async def _buried(self) -> None:
        query = "SELECT kind, key, last_error FROM job WHERE dead_at IS NOT NULL"
        for one in await self.world.books.rows(f"{query} AND last_error NOT LIKE 'blocked%'"):
            must(one["key"] in self._known, "no dead letters", f"{one}")
