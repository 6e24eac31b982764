"""Cards about the books: the day before, a comparison an admin asked for, Stripe gone quiet."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from booking.day_figures import figures_of
from booking.report import Report
from handlers.door import Door
from handlers.screens import books
from handlers.screens.screen import Screen
from handlers.words import Words

Payload = Mapping[str, Any]


async def _day(door: Door, words: Words, payload: Payload) -> Screen:
    figures = await figures_of(door.env, date.fromisoformat(payload["day"]))
    return books.day(words, figures, Report.of(payload["report"]))


async def _reconciled(_: Door, words: Words, payload: Payload) -> Screen:
    return books.report(words, Report.of(payload["report"]))


async def _quiet(door: Door, words: Words, payload: Payload) -> Screen:
    last = payload["last"]
    moment = datetime.fromtimestamp(last, UTC) if last else None
    address = f"{door.env.shop.public_url}/webhooks/stripe"
    return books.quiet(words, payload["payments"], moment, address)


async def _late(_: Door, words: Words, payload: Payload) -> Screen:
    return books.late_links(words, payload["waiting"])


async def _key_refused(_: Door, words: Words, payload: Payload) -> Screen:
    return books.key_refused(words, payload["waiting"])


CARDS: Final[Mapping[str, Callable[[Door, Words, Payload], Awaitable[Screen]]]] = {
    "day": _day,
    "reconciled": _reconciled,
    "webhooks_quiet": _quiet,
    "links_late": _late,
    "key_refused": _key_refused,
}
