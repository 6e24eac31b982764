"""Hold a slot: claims, booking and payment attempt in one transaction, or other times."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

from booking import availability, coupons, notices, pay
from booking.audit import record
from booking.catalog import Service
from booking.catalog_store import Shelf, shelf
from booking.choices import ANY, Choices, Step, next_step
from booking.customers import keep_contact
from booking.draft import choose, close
from booking.errors import Refusal, SlotTaken, TooManyHolds, TooManyOpenBookings
from booking.order import Order, price
from booking.ports import Environment
from booking.seating import take_a_place
from booking.turn import Turn
from booking.welcome import welcome
from db import jobs, trace, witness
from db.fields import to_ms
from db.models import Booking, Draft
from db.quick import first
from db.states import AWAITS_MONEY, BookingState, among
from db.transactions import rows, transactional

ALTERNATIVES = 3
TRIES = 5
MOST_HELD: Final = 300
"""Bookings one customer may begin within `HELD_WITHIN`: more is a program, whose cancelled ones
cost calls of Stripe, and cards in the admins' chat."""
HELD_WITHIN: Final = timedelta(hours=1)
_OWN: Final = " ".join(
    [
        "SELECT count(CASE WHEN status IN",
        among(AWAITS_MONEY),
        "THEN 1 END) AS waiting, count(CASE WHEN created_at > ? THEN 1 END) AS begun",
        "FROM booking WHERE customer_id = ?",
    ]
)


class Stale(Exception):
    """The draft changed while we worked on it: another tap was quicker."""


async def hold(env: Environment, turn: Turn, *, draft: Draft, shown: str = "") -> Booking | None:
    """Turn a finished draft into a held booking, or a confirmed one when nothing is due online.

    Returns the booking, also when this draft was held before (a double tap). Returns None when it
    could not be: then the customer is shown why, with the nearest free times when the slot is gone.
    `shown` is the price beside the Confirm button (`order.shown_terms`); "" skips that check.
    """
    held = await first(Booking, "draft_id = ?", draft.id)
    if held is not None:
        return held
    now_shelf = await shelf()
    choices = Choices.from_json(draft.choices)
    service = now_shelf.service(choices.service) if choices.service else None
    if service is None or next_step(choices, service) != Step.SUMMARY:
        await choose(env, turn, draft=draft)
        return None
    try:
        with trace.following(trace.current()):  # what `_hold` joins is left with it
            return await _try(env, turn, now_shelf, draft, service, shown)
    except SlotTaken:
        witness.tell(witness.ClaimRefused())
        await _offer_others(env, turn, draft, choices)
    except Stale:
        return await Booking.get_or_none(draft_id=draft.id)
    except Refusal as refusal:
        remark = notices.refused(refusal)
        changes = {"coupon": None} if isinstance(refusal, coupons.REFUSALS) else {}
        await choose(env, turn, draft=draft, step=Step.SUMMARY, remark=remark, **changes)
    return None


async def _try(
    env: Environment,
    turn: Turn,
    now_shelf: Shelf,
    draft: Draft,
    service: Service,
    shown: str,
) -> Booking:
    """Hold a place, looking again when the one we saw free was claimed by somebody quicker.

    A staff member's units are seen free one at a time, so a crowd may lose each of them in turn.
    """
    for _ in range(TRIES + sum(map(len, now_shelf.units.values()))):
        order = await price(env, now_shelf, draft, service, shown=shown)
        with suppress(SlotTaken):
            return await _hold(env, turn, now_shelf, order)
    raise SlotTaken


@transactional
async def _hold(env: Environment, turn: Turn, now_shelf: Shelf, order: Order) -> Booking:
    if not await order.may_be_free():
        raise SlotTaken
    if not await close(order.draft, update_id=turn.update_id):
        raise Stale
    await _check_own_bookings(env, turn)
    booking = await _create(env, turn, now_shelf, order)
    trace.join(booking.reference)
    held = (booking.status, booking.currency, booking.asked_minor, booking.reference)
    witness.tell(witness.Moved("booking", *held))
    told = order.choices
    await keep_contact(turn.customer, name=told.name, phone=told.phone, email=told.email)
    await take_a_place(now_shelf, service=order.service, places=order.places, booking=booking)
    if order.coupon is not None:
        await coupons.use(order.coupon, booking=booking)
    await record(
        env,
        actor=f"customer:{turn.customer.id}",
        action="hold",
        reference=booking.reference,
        detail={"start": booking.start.isoformat(), "seats": booking.seats},
    )
    if booking.due_minor == 0:
        await welcome(env, booking=booking, customer=turn.customer, sources=[BookingState.HELD])
    else:
        await _await_payment(env, turn, booking)
    return booking


async def _check_own_bookings(env: Environment, turn: Turn) -> None:
    since = to_ms(env.clock.now() - HELD_WITHIN)
    [own] = await rows(_OWN, (since, turn.customer.id))
    if own["waiting"] >= env.shop.max_open_bookings_per_customer:
        raise TooManyOpenBookings
    if own["begun"] >= MOST_HELD:
        raise TooManyHolds


async def _create(env: Environment, turn: Turn, now_shelf: Shelf, order: Order) -> Booking:
    now = env.clock.now()
    choices, service = order.choices, order.service
    staff = order.places[0].staff_key
    return await Booking.create(
        reference=env.randomness.reference(),
        customer_id=turn.customer.id,
        draft_id=order.draft.id,
        service_id=now_shelf.service_id(service.key),
        staff_id=now_shelf.staff_id(staff),
        status=BookingState.HELD,
        start=order.start,
        end=order.end,
        seats=order.seats,
        price_minor=order.price.price.minor,
        discount_minor=order.price.discount.minor,
        due_minor=order.price.due.minor,
        onsite_minor=order.price.onsite.minor,
        tip_minor=order.price.tip.minor,
        currency=env.shop.currency,
        coupon=order.coupon.code if order.coupon else None,
        snapshot={
            **now_shelf.snapshot(service.key, staff),
            "wanted_staff": None if choices.staff == ANY else choices.staff,
        },
        details={
            "name": choices.name,
            "phone": choices.phone,
            "email": choices.email,
            "answers": dict(choices.answers),
            trace.KEY: trace.kept(),
        },
        held_until=now + timedelta(minutes=env.shop.hold_minutes),
        created_at=now,
    )


async def _await_payment(env: Environment, turn: Turn, booking: Booking) -> None:
    await pay.open_attempt(env, booking=booking, customer=turn.customer)
    await jobs.enqueue(
        kind="end_hold",
        key=f"hold:{booking.id}",
        payload={"booking": booking.id},
        run_at=booking.held_until,
        now=env.clock.now(),
    )
    await notices.show_booking(
        env,
        booking=booking,
        customer=turn.customer,
        event=f"held:{turn.update_id}",
        message_id=turn.message_id,
    )


async def _offer_others(env: Environment, turn: Turn, draft: Draft, choices: Choices) -> None:
    near = await availability.nearest(
        env,
        service_key=choices.service or "",
        staff_key=None if choices.staff == ANY else choices.staff,
        start=datetime.fromtimestamp(choices.start or 0, UTC),
        seats=choices.seats or 1,
        n=ALTERNATIVES,
    )
    starts = [int(start.timestamp()) for start in near]
    await choose(env, turn, draft=draft, step=Step.TAKEN, start=None, day=None, alternatives=starts)
