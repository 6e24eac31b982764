"""What an admin's search has found."""

from collections.abc import Sequence

from markupsafe import Markup

from handlers import formats
from handlers.keyboards import Verb, on_booking, one
from handlers.screens.booking_view import BookingView
from handlers.screens.screen import Screen, paragraphs, short
from handlers.words import Words

NAME_LENGTH = 24


def found(words: Words, text: str, views: Sequence[BookingView], *, more: bool) -> Screen:
    """List the bookings found, each a button that leads to it."""
    said = short(text, 60)
    if not views:
        return Screen(text=paragraphs([words("find.none", text=said), words("find.usage")]))
    title = words("find.title", count=len(views), text=said)
    rest = words("find.more") if more else None
    buttons = [one(_entry(words, view), on_booking(view.reference, Verb.LOOK)) for view in views]
    return Screen(
        text=paragraphs([Markup("<b>{}</b>").format(title), rest]),
        rows=tuple(buttons),
    )


def _entry(words: Words, view: BookingView) -> str:
    name = (view.contact or {}).get("name") or view.service
    when = formats.moment(words, view.start)
    status = words.plain(f"status.{view.status}")
    return f"{when} · {short(name, NAME_LENGTH)} · {status}"
