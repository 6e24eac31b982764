"""The receipt of a confirmed booking: a text, a calendar file and a QR code."""

from datetime import datetime
from io import BytesIO
from typing import Final

from markupsafe import Markup

from handlers import formats
from handlers.keyboards import ANEW, Verb, on_booking, one
from handlers.outgoing import Button, Rows
from handlers.screens.booking import facts, numbers, paid_lines
from handlers.screens.booking_buttons import cancel_rows
from handlers.screens.booking_view import BookingView
from handlers.screens.screen import Screen, lines, paragraphs
from handlers.words import Words

PRODUCT: Final = "-//booking-bot//EN"
QR_SCALE: Final = 8


def receipt(words: Words, view: BookingView, *, now: datetime) -> Screen:
    """Word the receipt: what, when in both the shop's and the reader's time, where, how much."""
    yours = words("receipt.yours", stamp=formats.stamp(words, view.start))
    text = paragraphs(
        [
            Markup("<b>{}</b>").format(words("receipt.title", shop=words.shop.name)),
            lines([*facts(words, view), yours]),
            lines([*paid_lines(words, view), words.shop.tax_text if view.price else None]),
            lines(numbers(words, view)),
        ]
    )
    return Screen(text=text, rows=_buttons(words, view, now))


def _buttons(words: Words, view: BookingView, now: datetime) -> Rows:
    rows: list[tuple[Button, ...]] = [
        (Button(words.plain("button.copy"), copy=view.reference),),
        one(words.plain("button.show_booking"), on_booking(view.reference, Verb.SHOW, ANEW)),
        one(words.plain("button.again"), on_booking(view.reference, Verb.AGAIN, ANEW)),
        *cancel_rows(words, view, now=now, arg=ANEW),
    ]
    if view.receipt_url:
        rows.insert(1, (Button(words.plain("button.receipt"), url=view.receipt_url),))
    return tuple(rows)


def calendar_file(words: Words, view: BookingView, *, made: datetime) -> tuple[str, bytes]:
    """Return the appointment as an iCalendar file (RFC 5545): name and content, times in UTC."""
    from icalendar import Calendar, Event
    from icalendar.enums import STATUS

    uid = f"{view.reference}@booking-bot.{words.shop.id}"
    event = Event.new(
        uid=uid,
        stamp=made,
        start=view.start,
        end=view.end,
        summary=words.plain("ics.summary", service=view.service, shop=words.shop.name),
        description=words.plain("ics.description", reference=view.reference, staff=view.staff),
        location=(view.kind == "in_person" and words.shop.address) or None,
        status=STATUS.CONFIRMED,
    )
    calendar = Calendar.new(uid=uid, prodid=PRODUCT, method="PUBLISH", subcomponents=[event])
    return f"{view.reference}.ics", calendar.to_ical()


def qr_code(reference: str) -> bytes:
    """Return the reference as a QR code, a PNG picture."""
    import segno

    picture = BytesIO()
    segno.make_qr(reference, error="m").save(picture, kind="png", scale=QR_SCALE, border=4)
    return picture.getvalue()
