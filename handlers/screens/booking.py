"""Where a booking stands: held, being paid, confirmed, over; and the list of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup

from booking.money import Money
from db.states import BookingState, EndReason, RefundState
from handlers import formats
from handlers.keyboards import Verb, menu, on_booking, one
from handlers.outgoing import Button, Rows, Style
from handlers.screens.screen import Screen, home_row, lines, paragraphs, short
from handlers.words import Words

S = BookingState
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund and how it stands."""

    amount: Money
    state: RefundState


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingView:
    """A booking as its screens need it; names are in the reader's language."""

    reference: str
    status: BookingState
    service_key: str
    service: str
    staff: str
    kind: str
    start: datetime
    end: datetime
    held_until: datetime
    seats: int
    price: Money
    """Before the discount."""
    discount: Money
    coupon: str | None
    due: Money
    """Asked for online, paid or not."""
    onsite: Money
    paid: Money
    charged: bool
    """Any payment succeeded, whatever its amount and currency."""
    given_back: Money | None = None
    """What refunds that succeeded have returned of it."""
    refunds: Sequence[RefundView] = ()
    """Every refund, oldest first; for admins."""
    end_reason: EndReason = EndReason.NONE
    pay_url: str | None = None
    payment_intent: str | None = None
    receipt_url: str | None = None
    contact: Mapping[str, str] | None = None
    """Name, phone and e-mail; for admins."""
    answers: Sequence[tuple[str, str]] = ()
    """Questions and what was answered; for admins."""

    @property
    def is_group(self) -> bool:
        """Tell whether more than one seat was booked."""
        return self.seats > 1


def booking(words: Words, view: BookingView) -> Screen:
    """Show a booking where it stands now, with what can be done."""
    text = paragraphs(
        [
            title(words, view),
            lines(facts(words, view)),
            _what_now(words, view),
            words("line.reference", reference=view.reference),
        ]
    )
    return Screen(text=text, rows=_buttons(words, view))


def title(words: Words, view: BookingView) -> Markup:
    """Say how a booking stands."""
    return Markup("<b>{}</b>").format(words(f"booking.{view.status}"))


def facts(words: Words, view: BookingView) -> list[Markup]:
    """List what was booked: service, time with zone, staff, place, seats."""
    said = [
        *essentials(words, view),
        words("line.zone", zone=formats.zone(words, view.start)),
        words("line.staff", staff=view.staff),
    ]
    if view.kind == "in_person" and words.shop.address:
        said.append(words("line.place", place=words.shop.address))
    if view.is_group:
        said.append(words("line.seats", seats=view.seats))
    return said


def essentials(words: Words, view: BookingView) -> list[Markup]:
    """Say what was booked and when."""
    when = formats.long_moment(words, view.start)
    return [words("line.what", service=view.service), words("line.when", when=when)]


def _what_now(words: Words, view: BookingView) -> Markup:
    if view.status.awaits_money:
        return _to_pay(words, view)
    if view.status == S.PROCESSING:
        return words("processing.text")
    if view.status in {S.COMPLETED, S.NO_SHOW}:
        return lines(paid_lines(words, view))
    if view.status == S.CONFIRMED:
        return paragraphs([lines(paid_lines(words, view)), how_to_change(words)])
    return _why_ended(words, view)


def _to_pay(words: Words, view: BookingView) -> Markup:
    held = words("held.until", time=formats.clock(words, view.held_until))
    key = "held.pay" if view.pay_url else "held.preparing"
    pay = words(key, amount=formats.money(words, view.due))
    if not view.onsite.minor:
        return lines([held, pay])
    return lines([held, pay, words("line.onsite", amount=formats.money(words, view.onsite))])


def _why_ended(words: Words, view: BookingView) -> Markup:
    charged = what_was_charged(words, view)
    if view.end_reason == EndReason.NONE:
        return charged
    return lines([words(f"ended.{view.end_reason}"), charged])


def what_was_charged(words: Words, view: BookingView) -> Markup:
    """Say of a booking that has ended that it cost nothing, or that its money is not forgotten."""
    if not view.charged:
        return words("ended.nothing_charged")
    all_back = bool(view.given_back) and view.given_back == view.paid
    return lines([None if all_back else words("ended.paid"), given_back(words, view)])


def given_back(words: Words, view: BookingView) -> Markup | None:
    """Say how much of what was paid has been given back; None when nothing has."""
    if not view.given_back:
        return None
    return words("line.given_back", amount=formats.money(words, view.given_back))


def how_to_change(words: Words) -> Markup:
    """Say whom to ask for another time, or to cancel."""
    return words("booking.contact", contact=words.shop.support or words.shop.name)


def paid_lines(words: Words, view: BookingView) -> list[Markup]:
    """Say what was paid and what is still due on site; the price too where that is not all."""
    said = price_lines(words, view) if view.discount.minor or view.onsite.minor else []
    if view.paid.minor:
        said.append(words("line.paid", amount=formats.money(words, view.paid)))
    if back := given_back(words, view):
        said.append(back)
    if view.onsite.minor:
        said.append(words("line.onsite", amount=formats.money(words, view.onsite)))
    return said or [words("line.nothing_due")]


def numbers(words: Words, view: BookingView) -> list[Markup]:
    """List what a booking and its payment are called in the books."""
    said = [words("line.reference", reference=view.reference)]
    if view.payment_intent is not None:
        said.append(words("line.payment", payment=view.payment_intent))
    return said


def price_lines(words: Words, view: BookingView) -> list[Markup]:
    """Say the price and what a coupon took off it."""
    said = [words("line.price", amount=formats.money(words, view.price))]
    if view.discount.minor:
        amount = formats.money(words, view.discount)
        said.append(words("line.discount", amount=amount, code=view.coupon or ""))
    return said


def _buttons(words: Words, view: BookingView) -> Rows:
    again = one(words.plain("button.again"), on_booking(view.reference, Verb.AGAIN))
    if view.status.awaits_money:
        return _payment(words, view)
    if view.status == S.PROCESSING:
        return (have_paid_row(words, view), bookings_row(words))
    return (again, bookings_row(words))


def bookings_row(words: Words) -> tuple[Button, ...]:
    """Return the row that leads to all of the customer's bookings."""
    return one(words.plain("button.bookings"), menu(Verb.BOOKINGS))


def _payment(words: Words, view: BookingView) -> Rows:
    cancel = words.plain("button.cancel_booking")
    rows = [one(cancel, on_booking(view.reference, Verb.CANCEL), Style.DANGER)]
    if view.pay_url:
        rows = [pay_row(words, view), have_paid_row(words, view), *rows]
    return tuple(rows)


def pay_row(words: Words, view: BookingView) -> tuple[Button, ...]:
    """Return the row that leads to the payment page of a booking."""
    label = words.plain("button.pay", amount=formats.money(words, view.due))
    return (Button(label, url=view.pay_url, style=Style.SUCCESS),)


def have_paid_row(words: Words, view: BookingView) -> tuple[Button, ...]:
    """Return the row by which a customer says that they have paid."""
    return one(words.plain("button.have_paid"), on_booking(view.reference, Verb.PAID))


def bookings(words: Words, views: Sequence[BookingView]) -> Screen:
    """List a customer's bookings, those to come first."""
    if not views:
        book = one(words.plain("button.book"), menu(Verb.BOOK), Style.PRIMARY)
        return Screen(text=words("bookings.none"), rows=(book, home_row(words)))
    buttons = [
        one(_entry(words, view), on_booking(view.reference, Verb.SHOW)) for view in views[:SHOWN]
    ]
    text = Markup("<b>{}</b>").format(words("bookings.title"))
    return Screen(text=text, rows=(*buttons, home_row(words)))


def _entry(words: Words, view: BookingView) -> str:
    when = formats.moment(words, view.start)
    status = words.plain(f"status.{view.status}")
    return f"{when} · {short(view.service, 30)} · {status}"
