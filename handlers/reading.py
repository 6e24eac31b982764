"""Rows read for the screens: what is open, what was booked, and what is free."""

from datetime import UTC, date, datetime, time, timedelta

from booking import availability
from booking.catalog import Question
from booking.choices import ANY, Choices
from booking.free_days import FreeDays, best_places
from booking.money import Money
from booking.ports import Environment
from db.models import REFERENCE_LENGTH, Booking, Customer, Draft
from db.money_models import Attempt, Refund
from db.quick import first
from db.states import AWAITS_MONEY, AttemptState, BookingState
from handlers.reading_money import money_of
from handlers.screens.answers import in_words
from handlers.screens.booking_view import BookingView
from handlers.screens.time import Offer
from handlers.words import Words

RECENT = timedelta(days=30)


async def open_draft(customer: Customer) -> Draft | None:
    """Return the customer's one open draft."""
    return await first(Draft, "customer_id = ? AND open ORDER BY id DESC", customer.id)


async def draft_of(customer: Customer, draft_id: int) -> Draft | None:
    """Return a draft of this customer, open or not."""
    return await first(Draft, "id = ? AND customer_id = ?", draft_id, customer.id)


async def booking_of(customer: Customer, reference: str) -> Booking | None:
    """Return a booking of this customer; nobody sees another's."""
    return await _with_names(reference=reference.upper(), customer_id=customer.id)


async def any_booking(reference: str) -> Booking | None:
    """Return a booking, whosever it is: for admins."""
    return await _with_names(reference=reference.upper())


async def booking_of_draft(draft: Draft) -> Booking | None:
    """Return the booking a draft became."""
    return await _with_names(draft_id=draft.id)


async def booking_by_id(booking_id: int) -> Booking | None:
    """Return a booking by its row."""
    return await _with_names(id=booking_id)


async def _with_names(**known: object) -> Booking | None:
    reference = str(known.get("reference", ""))
    if len(reference) > REFERENCE_LENGTH or not reference.isprintable():
        return None
    related = ("service", "staff", "customer")
    return await Booking.filter(**known).select_related(*related).first()


async def bookings_of(customer: Customer, now: datetime) -> list[Booking]:
    """List a customer's bookings: those to come by time, then the recent ones, newest first."""
    known = await Booking.filter(customer_id=customer.id, start__gt=now - RECENT).select_related(
        "service", "staff", "customer"
    )
    ahead = sorted(
        (one for one in known if one.start >= now and one.status.keeps_seats),
        key=lambda one: one.start,
    )
    past = sorted((one for one in known if one not in ahead), key=lambda one: one.start)
    return [*ahead, *reversed(past)]


async def waiting_for_payment(customer: Customer) -> Booking | None:
    """Return the customer's newest booking that is held and not paid."""
    unpaid = Booking.filter(customer_id=customer.id, status__in=list(AWAITS_MONEY))
    return await unpaid.select_related("service", "staff", "customer").order_by("-id").first()


async def last_confirmed(customer: Customer) -> Booking | None:
    """Return what the customer booked last, for booking it again."""
    happened = [BookingState.CONFIRMED, BookingState.COMPLETED]
    return (
        await Booking.filter(customer_id=customer.id, status__in=happened)
        .select_related("service", "staff")
        .order_by("-id")
        .first()
    )


async def wanted_staff(booking: Booking) -> str:
    """Return who was chosen for a booking, which may be anyone; else who it is with."""
    draft = await first(Draft, "id = ?", booking.draft_id) if booking.draft_id else None
    chosen = Choices.from_json(draft.choices).staff if draft else None
    return chosen or booking.staff.key


async def bookings_on(env: Environment, day: date) -> list[Booking]:
    """List the bookings of one of the shop's days that keep their seats, by time."""
    zone = env.shop.timezone
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
    kept = [state for state in BookingState if state.keeps_seats]
    return (
        await Booking.filter(start__gte=begins, start__lt=ends, status__in=kept)
        .select_related("service", "staff", "customer")
        .order_by("start", "id")
    )


async def view_of(words: Words, booking: Booking) -> BookingView:
    """Return a booking, with its payment, as the screens show it."""
    attempts = await Attempt.filter(booking_id=booking.id).order_by("number")
    paid = [one for one in attempts if one.state == AttemptState.SUCCEEDED]
    open_ = [one for one in attempts if one.state == AttemptState.OPEN and one.url]
    snapshot, details = booking.snapshot, booking.details or {}
    money = await money_of(booking, paid)
    first = paid[0] if paid else None
    return BookingView(
        reference=booking.reference,
        status=booking.status,
        service_key=booking.service.key,
        service=words.local(snapshot["service"]),
        staff=words.local(snapshot["staff"]),
        kind=snapshot["kind"],
        start=booking.start,
        end=booking.end,
        held_until=booking.held_until,
        seats=booking.seats,
        price=Money(booking.price_minor, booking.currency),
        discount=Money(booking.discount_minor, booking.currency),
        coupon=booking.coupon,
        due=Money(booking.asked_minor, booking.currency),
        tip=Money(booking.tip_minor, booking.currency),
        onsite=Money(booking.onsite_minor, booking.currency),
        paid=money.paid,
        charged=bool(paid),
        given_back=money.given_back,
        with_bank=money.with_bank,
        from_bank=money.from_bank,
        refundable=money.refundable,
        refunds=money.refunds,
        onsite_paid=booking.onsite_paid_at is not None,
        end_reason=booking.end_reason,
        was_confirmed=booking.confirmed_at is not None,
        under_way=any(one.state == AttemptState.PROCESSING for one in attempts),
        pay_url=open_[-1].url if open_ else None,
        payment_intent=first.payment_intent if first else None,
        receipt_url=first.receipt_url if first else None,
        contact={name: details.get(name) or "" for name in ("name", "phone", "email")},
        answers=_answers(words, booking),
    )


async def refund_by_id(refund_id: object) -> Refund | None:
    """Return a refund by its row, with its attempt."""
    if not isinstance(refund_id, int):
        return None
    return await Refund.filter(id=refund_id).select_related("attempt").first()


def _answers(words: Words, booking: Booking) -> list[tuple[str, str]]:
    """Return what was asked and answered; a question asked no more goes by its key."""
    answers: dict[str, str] = (booking.details or {}).get("answers") or {}
    asked = map(Question.from_spec, booking.service.spec.get("questions", ()))
    questions = {question.key: question for question in asked}
    return [
        (words.local(questions[key].text), in_words(words, questions[key], answer))
        if key in questions
        else (f"{key}:", answer)
        for key, answer in answers.items()
        if answer
    ]


async def booking_of_session(session_id: str) -> Booking | None:
    """Return the booking a Checkout session belongs to, when it is in our database."""
    attempt = await Attempt.get_or_none(session_id=session_id)
    return await booking_by_id(attempt.booking_id) if attempt else None


async def free_days(env: Environment, choices: Choices, *, days: int) -> FreeDays:
    """Count the free starts, and their places, of each day from today on."""
    first = env.clock.now().astimezone(env.shop.timezone).date()
    return await availability.free_days(
        env,
        service_key=choices.service or "",
        staff_key=_staff(choices),
        first=first,
        last=first + timedelta(days=days),
        seats=choices.seats or 1,
    )


async def free_times(env: Environment, choices: Choices, day: date) -> list[Offer]:
    """List the free starts of a day, each once, with the seats left."""
    slots = await availability.day(
        env,
        service_key=choices.service or "",
        staff_key=_staff(choices),
        day=day,
        seats=choices.seats or 1,
    )
    return [Offer(start, seats) for start, seats in sorted(best_places(slots).items())]


async def seats_left(env: Environment, choices: Choices, most: int) -> int:
    """Return how many seats of the chosen start one booking may take."""
    if choices.start is None:
        return most
    start = datetime.fromtimestamp(choices.start, UTC)
    one_seat = Choices(service=choices.service, staff=choices.staff)
    day = start.astimezone(env.shop.timezone).date()
    offers = await free_times(env, one_seat, day)
    return min(most, next((each.seats_left for each in offers if each.start == start), 0))


def _staff(choices: Choices) -> str | None:
    return None if choices.staff in (None, ANY) else choices.staff
