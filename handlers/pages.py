"""Where Stripe's payment page leads back to: what became of the payment, told truly.

Anybody with the address may see these pages, so they say what was booked, never by whom.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp_jinja2
from aiohttp import web
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from booking.confirm import Standing, confirm
from booking.errors import Unavailable
from db.models import Booking
from handlers import formats, reading
from handlers.checkout import CANCEL
from handlers.context import Door
from handlers.screens.booking import BookingView
from handlers.words import Words, negotiate

DOOR: Final = web.AppKey("door", Door)
TEMPLATES: Final = Path(__file__).parent / "templates"
NOT_FOUND: Final = 404
UNSURE: Final = "unsure"


@dataclass(frozen=True, slots=True)
class Link:
    """A button of a page."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says; its texts are already escaped."""

    words: Words
    title: Markup
    text: Markup
    facts: list[Markup] = field(default_factory=list)
    buttons: list[Link] = field(default_factory=list)
    status: int = 200


def add_to(app: web.Application, door: Door) -> None:
    """Add the pages and their stylesheet to the web application."""
    app[DOOR] = door
    aiohttp_jinja2.setup(
        app, loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    app.router.add_get("/booking/success", success)
    app.router.add_get("/booking/cancel", cancelled)
    app.router.add_get("/booking/style.css", stylesheet)


async def stylesheet(_request: web.Request) -> web.FileResponse:
    """Serve the one stylesheet."""
    return web.FileResponse(TEMPLATES / "style.css", headers={"Cache-Control": "max-age=3600"})


async def success(request: web.Request) -> web.Response:
    """Confirm what was paid, as the webhook does, and say how it stands.

    A session that is not in our database is answered without asking Stripe.
    """
    door = request.app[DOOR]
    session_id = request.query.get("session_id", "")
    booking = await reading.booking_of_session(session_id)
    if booking is None:
        return _render(request, _unknown(request))
    try:
        standing: str = await confirm(door.env, session_id)
    except Unavailable:
        standing = UNSURE
    if standing == Standing.UNKNOWN:
        standing = UNSURE
    return _render(request, await _outcome(door, booking, standing))


async def _outcome(door: Door, booking: Booking, standing: str) -> Page:
    words = door.words(booking.customer)
    view = await reading.view_of(words, booking)
    return Page(
        words,
        title=words(f"page.{standing}.title"),
        text=words(f"page.{standing}.text"),
        facts=_facts(words, view),
        buttons=_chat(door, words, booking.reference),
    )


async def cancelled(request: web.Request) -> web.Response:
    """Say that nothing was charged, and offer to pay after all; change nothing."""
    door = request.app[DOOR]
    reference = door.tokens.read(CANCEL, request.query.get("booking", ""))
    booking = await reading.any_booking(reference) if reference else None
    if booking is None:
        return _render(request, _unknown(request))
    words = door.words(booking.customer)
    return _render(request, _left(door, words, await reading.view_of(words, booking)))


def _left(door: Door, words: Words, view: BookingView) -> Page:
    chat = _chat(door, words, view.reference)
    if not view.status.awaits_money:
        status = words.plain(f"status.{view.status}")
        return Page(
            words,
            title=words(f"booking.{view.status}"),
            text=words("page.left.text", status=status),
            facts=_facts(words, view),
            buttons=chat,
        )
    pay = words.plain("page.pay", amount=formats.money(words, view.due))
    return Page(
        words,
        title=words("page.cancel.title"),
        text=words("page.cancel.text", time=formats.clock(words, view.held_until)),
        facts=_facts(words, view),
        buttons=[*([Link(pay, view.pay_url)] if view.pay_url else []), *chat],
    )


def _facts(words: Words, view: BookingView) -> list[Markup]:
    said = [
        words("line.reference", reference=view.reference),
        words("line.what", service=view.service),
        words("line.when", when=formats.long_moment(words, view.start)),
        words("line.zone", zone=formats.zone(words, view.start)),
    ]
    if view.due:
        said.append(words("line.amount", amount=formats.money(words, view.due)))
    return said


def _unknown(request: web.Request) -> Page:
    door = request.app[DOOR]
    words = _words_of_browser(request)
    return Page(
        words,
        title=words("page.unknown.title"),
        text=words("page.unknown.text"),
        buttons=_chat(door, words, None),
        status=NOT_FOUND,
    )


def _words_of_browser(request: web.Request) -> Words:
    shop = request.app[DOOR].env.shop
    wanted = request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0]
    return Words(negotiate(wanted.strip(), shop), shop)


def _chat(door: Door, words: Words, reference: str | None) -> list[Link]:
    address = door.link(f"b_{reference}" if reference else "book")
    return [Link(words.plain("page.chat"), address)] if address else []


def _render(request: web.Request, page: Page) -> web.Response:
    context = {
        "language": page.words.language,
        "shop": page.words.shop.name,
        "title": page.title,
        "text": page.text,
        "facts": page.facts,
        "buttons": page.buttons,
    }
    return aiohttp_jinja2.render_template("page.html", request, context, status=page.status)
