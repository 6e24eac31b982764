"""Where a booking stands: held, being paid, confirmed, over; and the list of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from markupsafe import Markup

from db.states import BookingState, EndReason
from handlers import formats
from handlers.keyboards import Verb, menu, on_booking, one
from handlers.outgoing import Style
from handlers.screens import sums
from handlers.screens.booking_buttons import buttons
from handlers.screens.booking_view import BookingView
from handlers.screens.screen import Screen, home_row, lines, paragraphs, short
from handlers.words import Words

S = BookingState
SHOWN: Final = 20


def booking(words: Words, view: BookingView, *, now: datetime) -> Screen:
    """Show a booking where it stands now, with what can be done."""
    text = paragraphs(
        [
            title(words, view),
            lines(facts(words, view)),
            _what_now(words, view),
            words("line.reference", reference=view.reference),
        ]
    )
    return Screen(text=text, rows=buttons(words, view, now=now))


def title(words: Words, view: BookingView) -> Markup:
    """Say how a booking stands."""
    has_lapsed = view.end_reason in {EndReason.NONE, EndReason.PAYMENT_EXPIRED}
    ended = view.status == S.EXPIRED and not has_lapsed
    return Markup("<b>{}</b>").format(words("booking.ended" if ended else f"booking.{view.status}"))


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
        contact = words("booking.contact", contact=words.shop.support or words.shop.name)
        return paragraphs([lines(paid_lines(words, view)), contact])
    return _why_ended(words, view)


def _to_pay(words: Words, view: BookingView) -> Markup:
    held = words("held.until", time=formats.clock(words, view.held_until))
    key = "held.pay" if view.pay_url else "held.preparing"
    pay = words(key, amount=formats.money(words, view.due))
    cost = price_lines(words, view) if _is_composed(view) else []
    return paragraphs([lines(cost), lines([held, pay, sums.onsite(words, view.onsite)])])


def _is_composed(view: BookingView) -> bool:
    """Tell whether what is paid at once is not simply the price of one."""
    return bool(view.discount or view.tip or view.onsite or (view.is_group and view.price))


def _why_ended(words: Words, view: BookingView) -> Markup:
    onsite = sums.onsite(words, view.onsite_standing, paid=view.onsite_paid)
    charged = lines([what_was_charged(words, view), onsite])
    if view.end_reason == EndReason.NONE:
        return charged
    return lines([words(f"ended.{view.end_reason}"), charged])


def what_was_charged(words: Words, view: BookingView) -> Markup:
    """Say of a booking that has ended that it cost nothing, or what becomes of its money."""
    if not view.charged:
        return words("ended.under_way" if view.under_way else "ended.nothing_charged")
    back = [given_back(words, view), _returning(words, view), *_at_the_bank(words, view)]
    if view.all_back:
        return lines(back)
    return lines([_paid_and_ended(words, view), *back, _kept(words, view)])


def _paid_and_ended(words: Words, view: BookingView) -> Markup:
    if view.refunds and not view.refunds[-1].state.counts:
        contact = words.shop.support or words.shop.name
        return words("ended.refund_failed", contact=contact)
    if view.was_confirmed or view.is_at_a_bank:
        return words("line.paid", amount=formats.money(words, view.paid))
    return words("ended.paid")


def _kept(words: Words, view: BookingView) -> Markup | None:
    """Say what is not given back of a booking that had been confirmed."""
    failed = any(not one.state.counts for one in view.refunds)
    if failed or view.is_at_a_bank or not view.was_confirmed:
        return None
    if not view.refunds:
        return words("ended.nothing_back")
    return words("line.kept", amount=formats.money(words, view.kept))


def _returning(words: Words, view: BookingView) -> Markup | None:
    if not view.returning:
        return None
    return words("line.returning", amount=formats.money(words, view.returning))


def _at_the_bank(words: Words, view: BookingView) -> Iterator[Markup]:
    """Say what a dispute has made of the money."""
    if view.with_bank:
        yield words("line.with_bank", amount=formats.money(words, view.with_bank))
    if view.from_bank:
        yield words("line.from_bank", amount=formats.money(words, view.from_bank))


def given_back(words: Words, view: BookingView) -> Markup | None:
    """Say how much of what was paid has been given back; None when nothing has."""
    if not view.given_back:
        return None
    return words("line.given_back", amount=formats.money(words, view.given_back))


def how_to_change(words: Words) -> Markup:
    """Say where to cancel, and whom to ask for another time."""
    return words("booking.manage", contact=words.shop.support or words.shop.name)


def paid_lines(words: Words, view: BookingView) -> list[Markup]:
    """Say what was paid and what is still due on site; the price too where that is not all."""
    said = price_lines(words, view) if _is_composed(view) else []
    paid = words("line.paid", amount=formats.money(words, view.paid)) if view.paid else None
    onsite = sums.onsite(words, view.onsite, paid=view.onsite_paid)
    nothing = None if paid or onsite else words("line.nothing_due")
    told = (paid, given_back(words, view), onsite, nothing)
    return [*said, *(line for line in told if line)]


def numbers(words: Words, view: BookingView) -> list[Markup]:
    """List what a booking and its payment are called in the books."""
    said = [words("line.reference", reference=view.reference)]
    if view.payment_intent is not None:
        said.append(words("line.payment", payment=view.payment_intent))
    return said


def price_lines(words: Words, view: BookingView) -> list[Markup]:
    """Say the price, what a coupon took off it and what a tip added."""
    return sums.cost(
        words,
        view.price,
        seats=view.seats,
        discount=view.discount,
        coupon=view.coupon,
        tip=view.tip,
    )


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
