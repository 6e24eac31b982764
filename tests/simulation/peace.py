"""The laws that hold once nothing fails and everything due is done."""

from collections import Counter
from datetime import timedelta

from db.invariants import LAWS
from db.seat_facts import FORSAKEN
from tests.simulation.laws import ENDED, PART, UNPAID, must

FINAL = frozenset({"succeeded", "failed", "canceled"})
SETTLED = frozenset({"succeeded", "pending", "requires_action"})
SLACK_MS = 20 * 60_000
OFFER_MS = 30 * 60_000


class Peace:
    """Check what must be true at peace."""

    def __init__(self, world):
        self.world = world

    async def now(self, picture) -> None:
        """Check every law of a world at peace, of the newest bookings."""
        self._sessions(picture)
        self._refunds(picture)
        self._holds(picture)
        self._receipts(picture)
        await self._books()
        await self._sums(picture)

    def _sessions(self, picture) -> None:
        store, ours = self.world.store, picture.by_session()
        parked = {one["session_id"]: one for one in picture.reviews}
        references = picture.by_reference()
        for identifier in self.world.diary.sessions:
            session = store.sessions[identifier]
            booking = references.get(session["client_reference_id"])
            if booking is None:
                self._stray(session, parked)
                continue
            if session["status"] == "open":
                must(
                    booking["status"] not in {"cancelled", "expired"}
                    or identifier in self.world.diary.by_hand,
                    "6 payable",
                    f"{booking['reference']} is {booking['status']}; {identifier} can be paid",
                )
            if session["payment_status"] == "paid" and session["status"] == "complete":
                self._paid(session, booking, ours.get(identifier, []), picture, parked)

    def _stray(self, session, parked) -> None:
        if session["client_reference_id"] == "BK-000000" and session["payment_status"] == "paid":
            must(session["id"] in parked, "2 recorded", f"a stray payment is lost: {session['id']}")

    def _paid(self, session, booking, attempts, picture, parked) -> None:
        name = f"{booking['reference']} ({booking['status']}), session {session['id']}"
        store = self.world.store
        succeeded = [one for one in attempts if one["state"] == "succeeded"]
        must(len(succeeded) == 1, "2 recorded", f"{name}: paid, and our books say {attempts}")
        attempt, intent = succeeded[0], session["payment_intent"]
        must(
            (attempt["payment_intent"], attempt["paid_minor"]) == (intent, session["amount_total"]),
            "2 recorded",
            f"{name}: {attempt} is not what Stripe says",
        )
        self._told(booking, intent, name)
        refunds = [one for one in picture.refunds if one["attempt_id"] == attempt["id"]]
        back = sum(one["amount_minor"] for one in refunds if one["state"] in SETTLED)
        # refused or failed: somebody was told, and has the customer's money in hand
        unlucky = any(one["state"] in {"failed", "canceled"} for one in refunds)
        unlucky = unlucky or store.charges[attempt["charge"]]["disputed"]
        review = parked.get(session["id"])
        waits = review is not None and review["closed_at"] is None
        if waits and review["offered_until"]:
            must(
                review["offered_until"] >= self.world.now_ms
                and review["offered_until"] <= review["opened_at"] + OFFER_MS,
                "2 offers end",
                f"{name}: {review}",
            )
        used = review is None or review["answer"] in {"used", "accepted"}
        # called off by somebody after it was confirmed: what goes back then was agreed to
        agreed = booking["end_reason"] in {"customer", "shop"} and booking["confirmed_at"]
        kept = (booking["status"] in {"confirmed", "completed", "no_show"} or agreed) and used
        must(
            kept or back == attempt["paid_minor"] or waits or unlucky,
            "2 kept",
            f"{name}: paid, neither confirmed nor on its way back, {review}, {refunds}",
        )

    def _told(self, booking, intent, name) -> None:
        diary = self.world.diary
        if self.world.server.people.find(booking["chat"]).blocked:
            return
        paid_at = diary.paid_at.get(intent, 0.0)
        at = diary.seen[booking["reference"]].mentioned_at.get(booking["chat"], -1.0)
        must(at >= paid_at, "2 told", f"{name}: paid, and the customer was not told")

    def _refunds(self, picture) -> None:
        store, diary = self.world.store, self.world.diary
        rows = {one["refund_id"]: one for one in picture.refunds if one["refund_id"]}
        charges = {one["payment_intent"] for one in picture.attempts.values()}
        for identifier in diary.refunds[-200:]:
            refund = store.refunds[identifier]
            if refund["payment_intent"] not in charges:
                continue
            row = rows.get(identifier)
            must(row is not None, "4 booked", f"our books have no {identifier}: {refund}")
            ours, theirs = (row["state"], row["amount_minor"]), (refund["status"], refund["amount"])
            must(ours == theirs, "4 agree", f"{identifier}: {ours} here, {theirs} at Stripe")
        for row in picture.refunds:
            asked = row["state"] == "asked"
            must(not asked, "4 asked", f"never asked for: {row}")
            known = row["refund_id"] in store.refunds if row["refund_id"] else True
            must(known, "4 one each", f"not at Stripe: {row}")
        self._issued(picture)

    def _issued(self, picture) -> None:
        diary, succeeded = self.world.diary, Counter()
        for one in picture.attempts.values():
            if one["payment_intent"]:
                succeeded[one["booking_id"]] += len(diary.refunded[one["payment_intent"]])
        for booking in picture.bookings.values():
            seen = diary.seen[booking["reference"]]
            must(
                seen.issued[booking["chat"]]
                <= succeeded[booking["id"]] + diary.lost[booking["chat"]],
                "4 issued",
                f"{booking['reference']}: {seen.issued} refunds said to be issued, "
                f"{succeeded[booking['id']]} were",
            )

    def _holds(self, picture) -> None:
        for one in picture.bookings.values():
            late = self.world.now_ms - one["held_until"]
            must(
                one["status"] not in UNPAID or late < SLACK_MS,
                "6 patience",
                f"{one['reference']} is {one['status']} {late // 60_000} min after its end",
            )

    def _receipts(self, picture) -> None:
        diary = self.world.diary
        for one in picture.bookings.values():
            got = diary.seen[one["reference"]].receipts
            if one["confirmed_at"] is None:
                must(not got, "3 receipts", f"{one['reference']} was never confirmed: {got}")
                continue
            if self.world.server.people.find(one["chat"]).blocked:
                continue
            if one["status"] in ENDED:
                continue
            must(set(got) == PART, "3 receipts", f"{one['reference']} {one['status']}: {got}")
            doubled = sum(got.values()) - len(PART)
            must(
                doubled <= diary.lost[one["chat"]],
                "3 receipts",
                f"{one['reference']}: {got}, lost answers: {diary.lost[one['chat']]}",
            )

    async def _books(self) -> None:
        """What `booking-bot check` asks of the books, asked through our own connection."""
        for law in LAWS:
            at = self.world.now_ms - (law.since or timedelta()) // timedelta(milliseconds=1)
            found = await self.world.books.rows(law.query.replace("?", str(at)))
            must(not found, "check", f"{found} {law.wrong}")
        forsaken = await self.world.books.rows(FORSAKEN)
        must(not forsaken, "check", f"kept for nobody: {forsaken}")

    async def _sums(self, picture) -> None:
        """The sums of our books are those of Stripe, to the cent."""
        store = self.world.store
        paid = sum(one["paid_minor"] for one in picture.attempts.values() if one["session_id"])
        intents = [one["payment_intent"] for one in picture.attempts.values()]
        received = sum(store.payment_intents[one]["amount_received"] for one in intents if one)
        must(paid == received, "4 sums", f"{paid} paid in our books, {received} at Stripe")
        back = sum(one["amount_minor"] for one in picture.refunds if one["state"] == "succeeded")
        charges = {one["charge"] for one in picture.attempts.values() if one["charge"]}
        made = [store.refunds[one] for one in self.world.diary.refunds]
        ours = [one for one in made if one["charge"] in charges and one["status"] == "succeeded"]
        returned = sum(one["amount"] for one in ours)
        must(back == returned, "4 sums", f"{back} back in our books, {returned} at Stripe")
