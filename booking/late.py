"""Late: money that came when the place was gone is used all the same, offered, or sent back."""

from datetime import timedelta

from booking import availability, coupons, notices, reviews
from booking.audit import record
from booking.catalog_store import shelf
from booking.errors import CouponUnknown, CouponUsedUp, SlotTaken
from booking.ports import CheckoutSession, Environment
from booking.pricing import find_coupon
from booking.refund import Because, return_payment
from booking.reviews import Answer, Kind
from booking.seating import take_a_place
from booking.standing import Standing
from booking.welcome import ENDED, welcome
from db import jobs
from db.models import Booking
from db.money_models import Attempt, Refund
from db.quick import every
from db.states import AttemptState, EndReason


async def was_paid_before(attempt: Attempt) -> bool:
    """Tell whether another payment of the same booking pays for it; hold `lock_attempts`.

    One that went back does not, and one that does not fit does not until an admin has said so.
    """
    others = "booking_id = ? AND state = ? AND id <> ?"
    paid = (attempt.booking_id, str(AttemptState.SUCCEEDED), attempt.id)
    for other in await every(Attempt, others, *paid):
        review = await reviews.open_of(other.session_id)
        refunds = await Refund.filter(attempt_id=other.id)
        back = sum(one.amount_minor for one in refunds if one.state.counts)
        if back < other.paid_minor and (review is None or review.kind != Kind.MISMATCH):
            return True
    return False


async def known(attempt: Attempt) -> Standing:
    """Say how a payment stands that was booked before."""
    review = await reviews.open_of(attempt.session_id)
    if review is not None:
        return Standing.OFFERED if review.offered_until else Standing.PARKED
    booking = await Booking.get(id=attempt.booking_id)
    return Standing.PAID if booking.status.keeps_seats else Standing.RETURNED


async def use_or_offer(env: Environment, *, session: CheckoutSession, attempt: Attempt) -> Standing:
    """Handle a payment for a booking that has ended, in the caller's transaction.

    Its place is claimed again; when that is gone the customer may use the money for another time,
    and when the shop had cancelled it goes back at once.
    """
    booking = await Booking.get(id=attempt.booking_id).select_related("customer")
    if booking.end_reason == EndReason.SHOP or booking.status.keeps_seats:
        return await send_back(env, session=session, attempt=attempt, kind=Kind.LATE_PAYMENT)
    if await claim_again(env, booking):
        return Standing.PAID
    await _offer(env, session, booking)
    return Standing.OFFERED


def wanted_staff(booking: Booking) -> str | None:
    """Return the key of whom the customer asked to be served by; None for anybody."""
    wanted = booking.snapshot.get("wanted_staff", booking.snapshot["staff_key"])
    return None if wanted is None else str(wanted)


async def claim_again(env: Environment, booking: Booking) -> bool:
    """Take the time of a booking that has ended once more, and confirm it; False when it is gone.

    Whoever asked for anybody gets who is free, before others who it was with. How soon it begins
    does not matter: it was booked in time.
    """
    now_shelf = await shelf()
    service = now_shelf.service(booking.snapshot["service_key"])
    if service is None or booking.start <= env.clock.now():
        return False
    places = await availability.at(
        env,
        service_key=service.key,
        staff_key=wanted_staff(booking),
        start=booking.start,
        seats=booking.seats,
        notice=False,
    )
    was_with = booking.snapshot["staff_key"]
    places.sort(key=lambda place: place.staff_key != was_with)
    try:
        await take_a_place(now_shelf, service=service, places=places, booking=booking)
    except SlotTaken:
        return False
    await use_coupon(env, booking)
    moved = booking.snapshot["staff_key"] != was_with
    remark = notices.note("late.with_another" if moved else "late.still_free")
    return await welcome(
        env, booking=booking, customer=booking.customer, sources=ENDED, remark=remark
    )


async def use_coupon(env: Environment, booking: Booking) -> None:
    """Use the coupon again; a price that was paid is kept even when nothing of it is left."""
    if not booking.coupon:
        return
    try:
        await coupons.use(find_coupon((await shelf()).coupons, booking.coupon), booking=booking)
    except (CouponUnknown, CouponUsedUp):
        await record(env, actor="system", action="coupon overdrawn", reference=booking.reference)


async def _offer(env: Environment, session: CheckoutSession, booking: Booking) -> None:
    until = env.clock.now() + timedelta(minutes=env.shop.late_offer_minutes)
    review = await reviews.park(
        env, kind=Kind.LATE_PAYMENT, session=session, booking=booking, offered_until=until
    )
    if review is None:
        return
    now, payload = env.clock.now(), {"review": review.id}
    await jobs.enqueue(kind="make_offer", key=f"make_offer:{review.id}", payload=payload, now=now)
    await jobs.enqueue(
        kind="end_offer", key=f"end_offer:{review.id}", payload=payload, now=now, run_at=until
    )


async def send_back(
    env: Environment, *, session: CheckoutSession, attempt: Attempt, kind: Kind
) -> Standing:
    """Give a payment back at once, in the caller's transaction, and tell everybody why."""
    booking = await Booking.get(id=attempt.booking_id)
    review = await reviews.park(
        env, kind=kind, session=session, booking=booking, answer=Answer.RETURNED
    )
    if review is not None:
        because = Because.SECOND if kind == Kind.SECOND_PAYMENT else Because.LATE
        await return_payment(env, booking=booking, attempt=attempt, because=because, actor="system")
    return Standing.RETURNED
