"""Choosing a service, and by whom."""

from typing import Final

from markupsafe import Markup

from booking.catalog import Service
from booking.choices import ANY
from handlers import formats
from handlers.keyboards import Verb, one
from handlers.outgoing import Button
from handlers.screens.frame import Frame, staff_choice
from handlers.screens.screen import Screen, lines, paragraphs, short

PAGE: Final = 8
DESCRIPTION: Final = 800


def services(frame: Frame) -> Screen:
    """List what can be booked, with price and duration, eight to a page."""
    words = frame.words
    everything = frame.services()
    if not everything:
        return Screen(text=words("services.none"), rows=(frame.back(),))
    first = min(frame.choices.page * PAGE, (len(everything) - 1) // PAGE * PAGE)
    shown = everything[first : first + PAGE]
    text = paragraphs([frame.asks("services.ask"), _contents(frame, shown)])
    buttons = [one(_label(frame, each), frame.tap(Verb.SERVICE, each.key)) for each in shown]
    return Screen(text=text, rows=(*buttons, *pages(frame, first, len(everything)), frame.back()))


def _contents(frame: Frame, shown: list[Service]) -> Markup:
    """Name the categories of a page with their services, when there are categories."""
    groups: dict[str, list[str]] = {}
    for service in shown:
        name = frame.category_name(service)
        if name:
            groups.setdefault(name, []).append(frame.words.local(service.name))
    return lines(
        Markup("<b>{}</b>: {}").format(name, ", ".join(names)) for name, names in groups.items()
    )


def _label(frame: Frame, service: Service) -> str:
    name = short(frame.words.local(service.name), 40)
    return f"{name} · {_cost(frame, service)} · {formats.duration(frame.words, service.duration)}"


def _cost(frame: Frame, service: Service) -> str:
    words = frame.words
    price = service.price_in(words.shop.currency)
    return formats.money(words, price) if price else words.plain("price.free")


def pages(frame: Frame, first: int, total: int, size: int = PAGE) -> tuple[tuple[Button, ...], ...]:
    """Return the row that turns pages, when there is more than one."""
    page = first // size
    turns = []
    if first:
        turns.append(Button(frame.words.plain("button.earlier"), data=_page(frame, page - 1)))
    if first + size < total:
        turns.append(Button(frame.words.plain("button.more"), data=_page(frame, page + 1)))
    return (tuple(turns),) if turns else ()


def _page(frame: Frame, number: int) -> str:
    return frame.tap(Verb.PAGE, str(number))


def staff(frame: Frame) -> Screen:
    """Ask by whom, or anybody."""
    words = frame.words
    anybody = one(words.plain("staff.any"), frame.tap(Verb.STAFF, ANY))
    people = [
        one(short(frame.name_of(key), 60), frame.tap(Verb.STAFF, key))
        for key in staff_choice(frame)
    ]
    return Screen(
        text=paragraphs([described(frame), frame.asks("staff.ask")]),
        rows=(anybody, *people, frame.back()),
        link_preview=frame.photo,
    )


def described(frame: Frame) -> Markup:
    """Say what was chosen, how long it takes, what it costs and what the shop says about it."""
    words, service = frame.words, frame.service
    cost = _cost(frame, service)
    if service.max_seats > 1 and service.price_in(words.shop.currency):
        cost = words.plain("price.each", amount=cost)
    terms = f"{formats.duration(words, service.duration)} · {cost}"
    return lines([frame.so_far(), terms, short(words.local(service.description), DESCRIPTION)])
