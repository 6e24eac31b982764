"""Where Stripe's payment page leads back to: what became of the payment, told truly.

Anybody with the address may see these pages, so they say what was booked, never by whom.
"""

import logging
import re
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Final

import aiohttp_jinja2
from aiohttp import web
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from booking.apart import Apart
from booking.caught import Caught
from booking.patience import PEOPLE_WAIT
from booking.standing import Standing
from db.models import Booking
from db.states import BookingState
from handlers import formats, reading
from handlers.checkout import CANCEL
from handlers.door import Door
from handlers.looks import UNSURE, Looks
from handlers.page import Fact, Link, Page
from handlers.screens.booking_view import BookingView
from handlers.words import Words, negotiate

log = logging.getLogger(__name__)

DOOR: Final = web.AppKey("door", Door)
APART: Final = web.AppKey("apart", Apart)
LOOKS: Final = web.AppKey("looks", Looks)
TEMPLATES: Final = Path(__file__).parent / "templates"
NOT_FOUND: Final = 404
UNAVAILABLE: Final = 503
LONGEST_SECONDS: Final = PEOPLE_WAIT + 1
"""Whoever stands before an empty page so long is told that we cannot look."""
_LINKED: Final = re.compile(r"[A-Za-z0-9._-]{1,255}")
_LONGEST_TAG: Final = 35
"""Of a language, RFC 5646, 4.4.1."""
MARKS: Final[Mapping[str, str]] = {
    Standing.PAID: "good",
    Standing.PROCESSING: "wait",
    Standing.OPEN: "over",
    Standing.EXPIRED: "over",
    Standing.PARKED: "look",
    Standing.OFFERED: "look",
    Standing.RETURNED: "over",
    UNSURE: "wait",
}
Said = tuple[Markup, Markup]
UNPAID: Final[Mapping[str, str]] = {Standing.OPEN: "page.is_due", Standing.EXPIRED: "page.not_paid"}


def add_to(app: web.Application, door: Door, apart: Apart | None = None) -> None:
    """Add the pages and their stylesheet to the web application."""
    app[DOOR] = door
    app[APART] = apart or Apart()
    app[LOOKS] = Looks()
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
    return await _in_time(request, _stands(request))


async def _in_time(request: web.Request, page: Coroutine[object, object, Page]) -> web.Response:
    """Answer before people give up, whatever the database does meanwhile."""
    async with Caught() as caught:
        told = await request.app[APART].within(LONGEST_SECONDS, page, name="page")
        return _render(request, told)
    # to somebody who may just have paid: nothing is lost while we cannot look
    log.error("a page cannot be told", exc_info=caught.error)
    words = _words_of_browser(request)
    said = words("page.unsure.title"), words("page.away.text")
    unsure = _about_nothing(request, words, said, MARKS[UNSURE], UNAVAILABLE)
    return _render(request, unsure)


async def _stands(request: web.Request) -> Page:
    door, session_id = request.app[DOOR], _asked(request, "session_id")
    booking = await reading.booking_of_session(session_id) if session_id else None
    if booking is None:
        return _unknown(request)
    standing = await request.app[LOOKS].standing(door.env, session_id)
    return await _outcome(door, booking, standing)


async def _outcome(door: Door, booking: Booking, standing: str) -> Page:
    words = door.words(booking.customer)
    view = await reading.view_of(words, booking)
    if standing == Standing.RETURNED and view.was_confirmed and not view.status.keeps_seats:
        return _left(door, words, view)  # it was used, and called off later
    pay = _pay(words, view) if standing == Standing.OPEN else []
    return Page(
        words,
        title=words(f"page.{standing}.title"),
        text=words(f"page.{standing}.text"),
        mark=MARKS[standing],
        amount=_amount(words, view, UNPAID.get(standing, "")),
        facts=_facts(words, view),
        buttons=[*pay, *_chat(door, words, booking.reference)],
    )


async def cancelled(request: web.Request) -> web.Response:
    """Say that nothing was charged, and offer to pay after all; change nothing."""
    return await _in_time(request, _went_back(request))


async def _went_back(request: web.Request) -> Page:
    door = request.app[DOOR]
    reference = door.tokens.read(CANCEL, _asked(request, "booking"))
    booking = await reading.any_booking(reference) if reference else None
    if booking is None:
        return _unknown(request)
    words = door.words(booking.customer)
    return _left(door, words, await reading.view_of(words, booking))


def _asked(request: web.Request, name: str) -> str:
    """Return a parameter of the address; "" for what no link of ours or of Stripe's holds."""
    given = request.query.get(name, "")
    return given if _LINKED.fullmatch(given) else ""


def _left(door: Door, words: Words, view: BookingView) -> Page:
    chat = _chat(door, words, view.reference)
    if not view.status.awaits_money:
        return Page(
            words,
            title=words(f"booking.{view.status}"),
            text=words("page.left.text"),
            mark="good" if view.status == BookingState.CONFIRMED else "over",
            amount=_amount(words, view, "page.not_paid"),
            facts=_facts(words, view),
            buttons=chat,
        )
    return Page(
        words,
        title=words("page.cancel.title"),
        text=words("page.cancel.text", time=formats.clock(words, view.held_until)),
        amount=_amount(words, view, "page.is_due"),
        facts=_facts(words, view),
        buttons=[*_pay(words, view), *chat],
    )


def _pay(words: Words, view: BookingView) -> list[Link]:
    if not view.status.awaits_money or not view.pay_url:
        return []
    return [Link(words.plain("page.pay", amount=formats.money(words, view.due)), view.pay_url)]


def _amount(words: Words, view: BookingView, unpaid: str = "") -> Fact | None:
    """Say how much was asked for online, and whether it was paid; `unpaid` says it was not."""
    if not view.due.minor:
        return None
    key = "page.is_paid" if view.paid == view.due else unpaid
    return Fact(words.plain(key) if key else "", formats.money(words, view.due))


def _facts(words: Words, view: BookingView) -> list[Fact]:
    when, zone = formats.long_moment(words, view.start), formats.zone(words, view.start)
    said = [
        Fact(words.plain("page.service"), view.service),
        Fact(words.plain("page.when"), when, zone),
        Fact(words.plain("page.reference"), view.reference),
    ]
    if view.tip.minor:
        said.append(Fact(words.plain("page.tip"), formats.money(words, view.tip)))
    if view.given_back:
        said.append(Fact(words.plain("page.given_back"), formats.money(words, view.given_back)))
    if view.returning:
        said.append(Fact(words.plain("page.on_way_back"), formats.money(words, view.returning)))
    if view.onsite_standing:
        label = words.plain("page.onsite_paid" if view.onsite_paid else "page.onsite")
        said.append(Fact(label, formats.money(words, view.onsite_standing)))
    return said


def _about_nothing(request: web.Request, words: Words, said: Said, mark: str, status: int) -> Page:
    """Return a page that names no booking."""
    return Page(
        words,
        title=said[0],
        text=said[1],
        mark=mark,
        buttons=_chat(request.app[DOOR], words, None),
        status=status,
    )


def _unknown(request: web.Request) -> Page:
    words = _words_of_browser(request)
    said = words("page.unknown.title"), words("page.unknown.text")
    return _about_nothing(request, words, said, "look", NOT_FOUND)


def _words_of_browser(request: web.Request) -> Words:
    shop = request.app[DOOR].env.shop
    wanted = request.headers.get("Accept-Language", "").partition(",")[0].partition(";")[0]
    return Words(negotiate(wanted.strip()[:_LONGEST_TAG], shop), shop)


def _chat(door: Door, words: Words, reference: str | None) -> list[Link]:
    address = door.link(f"b_{reference}" if reference else "book")
    return [Link(words.plain("page.chat"), address)] if address else []


def _render(request: web.Request, page: Page) -> web.Response:
    context = {
        "language": page.words.language,
        "shop": page.words.shop.name,
        "title": page.title,
        "text": page.text,
        "mark": page.mark,
        "amount": page.amount,
        "facts": page.facts,
        "buttons": page.buttons,
    }
    return aiohttp_jinja2.render_template("page.html", request, context, status=page.status)
