"""An offer: another time for money that came too late, until it is used or goes back."""

from datetime import datetime, timedelta
from typing import Final

from booking import availability, notices, reviews
from booking.audit import record
from booking.catalog_store import shelf
from booking.errors import OfferOver, SlotTaken
from booking.late import use_coupon, wanted_staff
from booking.ports import Environment
from booking.refund import Because, return_payment
from booking.reviews import Answer
from booking.seating import take_a_place
from booking.turn import Turn
from booking.welcome import ENDED, welcome
from db import jobs
from db.locks import lock_attempts
from db.models import Booking
from db.money_models import Attempt, Review
from db.transactions import transactional

ALTERNATIVES: Final = 3


async def make_offer(env: Environment, job: jobs.Job) -> None:
    """Show the nearest free times to whoever paid too late; without any, the money goes back."""
    review = await _open(job)
    if review is None or review.booking is None:
        return
    booking = review.booking
    if not await times(env, booking):
        await _return(env, review, actor="system", why="no_time")
        return
    await notices.show(
        env,
        customer=booking.customer,
        key=f"{booking.reference}:offer:{review.id}",
        view="offer",
        ref=booking.reference,
    )


async def end_offer(env: Environment, job: jobs.Job) -> None:
    """Give the money back when nobody chose another time."""
    review = await _open(job)
    if review is not None:
        await _return(env, review, actor="system", why="nobody_chose")


async def _open(job: jobs.Job) -> Review | None:
    waiting = Review.filter(id=job.payload["review"], closed_at=None)
    return await waiting.select_related("booking__customer").first()


async def times(env: Environment, booking: Booking) -> list[datetime]:
    """Return the free starts nearest to a booking's, at the staff the customer had asked for."""
    near = await availability.nearest(
        env,
        service_key=booking.snapshot["service_key"],
        staff_key=wanted_staff(booking),
        start=booking.start,
        seats=booking.seats,
        n=ALTERNATIVES,
    )
    return sorted(near)


async def use_payment(env: Environment, turn: Turn, *, booking: Booking, start: datetime) -> None:
    """Use a payment that came too late for another start; raise OfferOver or SlotTaken."""
    places = await availability.at(
        env,
        service_key=booking.snapshot["service_key"],
        staff_key=wanted_staff(booking),
        start=start,
        seats=booking.seats,
    )
    if not places:
        raise SlotTaken
    await _move(env, turn, booking.id, start, places)


@transactional
async def _move(
    env: Environment,
    turn: Turn,
    booking_id: int,
    start: datetime,
    places: list[availability.Place],
) -> None:
    await lock_attempts(booking_id)  # the money may be going back at this moment
    booking, now_shelf = await Booking.get(id=booking_id), await shelf()
    service = now_shelf.services[booking.snapshot["service_key"]]
    review = await reviews.offer_to(booking, env.clock.now())
    if review is None or not await reviews.close(review, answer=Answer.USED, at=env.clock.now()):
        raise OfferOver
    was = booking.start
    booking.start, booking.end = start, start + timedelta(minutes=service.duration)
    await booking.save(update_fields=["start", "end"])
    await take_a_place(now_shelf, service=service, places=places, booking=booking)
    await use_coupon(env, booking)
    customer = turn.customer
    if not await welcome(env, booking=booking, customer=customer, sources=ENDED):
        raise OfferOver
    await record(
        env,
        actor=f"customer:{customer.id}",
        action="use late payment",
        reference=booking.reference,
        detail={"from": was.isoformat(), "to": start.isoformat()},
    )


async def decline(env: Environment, turn: Turn, *, booking: Booking) -> None:
    """Give the money of an offer back because the customer wants it; raise OfferOver."""
    review = await reviews.offer_to(booking, env.clock.now())
    actor = f"customer:{turn.customer.id}"
    if review is None or not await _return(env, review, actor=actor, why="declined"):
        raise OfferOver


@transactional
async def _return(env: Environment, review: Review, *, actor: str, why: str) -> bool:
    if not await reviews.close(review, answer=Answer.RETURNED, at=env.clock.now()):
        return False
    attempt = await Attempt.get(session_id=review.session_id).select_related("booking__customer")
    booking, left = attempt.booking, await reviews.left_of(review)
    returns = await return_payment(
        env, booking=booking, attempt=attempt, because=Because.LATE, actor=actor
    )
    await notices.show_booking(
        env, booking=booking, customer=booking.customer, event=f"offer over:{review.id}"
    )
    if not returns:  # the screen says where the money is
        return True
    await notices.tell(
        env,
        kind="late_returned",
        booking=booking,
        customer=booking.customer,
        event=str(review.id),
        review=review.id,
        amount_minor=left.minor,
        why=why,
    )
    return True
