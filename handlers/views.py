"""The views a chat can show: each read from the rows of the moment it is sent."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from booking.catalog import Service
from booking.catalog_store import shelf
from booking.choices import Choices, Step, next_step
from booking.offer import times
from booking.reviews import left_of, offer_to
from db.models import Booking, Draft
from handlers import admin_views, cancel_views, desk_views, reading
from handlers.asked import Asked
from handlers.screens import admin, booking, home, info, news, offer
from handlers.screens.booking_view import BookingView
from handlers.screens.frame import Frame
from handlers.screens.screen import Screen
from handlers.step_screens import STEPS
from handlers.words import Words


async def show_home(asked: Asked) -> Screen:
    """Show the start, with the bookings that are held, begun and made last."""
    words, customer = asked.words, asked.customer
    held = await reading.waiting_for_payment(customer)
    waiting = await reading.view_of(words, held) if held is not None else None
    draft = await reading.open_draft(customer)
    if draft is not None and draft.choices.get("service"):
        frame = await _frame(asked, draft)
        if frame is not None:
            return home.home(words, started=frame.short(), waiting=waiting)
    last = await reading.last_confirmed(customer)
    if last is None or (await shelf()).service(last.service.key) is None:
        return home.home(words, waiting=waiting)
    again = home.Again(last.reference, words.local(last.snapshot["service"]))
    return home.home(words, again=again, waiting=waiting)


async def show_draft(asked: Asked) -> Screen:
    """Show the present question of a draft; the start when it is over."""
    draft = await reading.draft_of(asked.customer, int(asked.ref))
    frame = await _frame(asked, draft) if draft is not None and draft.open else None
    if draft is None or frame is None:
        return await show_home(asked)
    return await STEPS[_step(draft, frame)](asked.door, frame)


def _step(draft: Draft, frame: Frame) -> Step:
    """Return where a draft stands: further on when its question is asked no more."""
    step = Step(draft.step)
    if not frame.choices.service:
        return Step.SERVICE
    asked = {question.key for question in frame.service.questions}
    gone = step == Step.QUESTION and frame.choices.question not in asked
    return next_step(frame.choices, frame.service) if gone else step


async def _frame(asked: Asked, draft: Draft) -> Frame | None:
    """Put together what a draft's screens need; None when its service is gone."""
    now_shelf = await shelf()
    choices = Choices.from_json(draft.choices)
    if choices.service and now_shelf.service(choices.service) is None:
        if Step(draft.step) != Step.SERVICE:
            return None
        choices = replace(choices, service=None)
    return Frame(
        words=asked.words,
        shelf=now_shelf,
        draft_id=draft.id,
        version=draft.version,
        choices=choices,
        now=asked.door.env.clock.now(),
        photo=_photo(asked, now_shelf.service(choices.service or "")),
    )


def _photo(asked: Asked, sold: Service | None) -> str | None:
    """Return where the picture of a service can be seen."""
    if sold is None or sold.photo is None:
        return None
    return f"{asked.door.env.shop.public_url}/photos/{sold.key}"


async def show_booking(asked: Asked) -> Screen:
    """Show where one of the customer's bookings stands."""
    found = await reading.booking_of(asked.customer, str(asked.ref))
    if found is None:
        return admin.not_found(asked.words)
    view = await reading.view_of(asked.words, found)
    offered = await _offered(asked, found, view)
    return offered or booking.booking(asked.words, view, now=asked.door.env.clock.now())


async def _offered(asked: Asked, found: Booking, view: BookingView) -> Screen | None:
    """Offer other times when the booking was paid too late; None when no offer is open."""
    env = asked.door.env
    review = await offer_to(found, env.clock.now())
    if review is None or review.offered_until is None:
        return None
    amount = await left_of(review)
    starts = await times(env, found)
    return offer.offer(asked.words, view, amount=amount, until=review.offered_until, starts=starts)


async def show_news(asked: Asked) -> Screen:
    """Show shortly what has become of one of the customer's bookings."""
    found = await reading.booking_of(asked.customer, str(asked.ref))
    if found is None:
        return admin.not_found(asked.words)
    view = await reading.view_of(asked.words, found)
    return news.news(asked.words, view, now=asked.door.env.clock.now())


async def show_begun(asked: Asked) -> Screen:
    """Ask whether to go on with the open draft; the start when there is none."""
    draft = await reading.open_draft(asked.customer)
    frame = await _frame(asked, draft) if draft is not None else None
    if frame is None or not frame.choices.service:
        return await show_home(asked)
    return home.begun(asked.words, frame.short())


async def show_bookings(asked: Asked) -> Screen:
    """List the customer's bookings."""
    found = await reading.bookings_of(asked.customer, asked.door.env.clock.now())
    views = [await reading.view_of(asked.words, one) for one in found[: booking.SHOWN]]
    return booking.bookings(asked.words, views)


PAGES: Final[Mapping[str, Callable[[Words], Screen]]] = {
    "support": info.support,
    "terms": info.terms,
    "privacy": info.privacy,
    "forget": info.forget,
    "language": info.language,
    "answered": info.answered,
    "released": info.released,
}


async def show_page(asked: Asked) -> Screen:
    """Show one of the pages that need no rows: `ref` names it."""
    if asked.ref == "help":
        return info.help_(asked.words, admin=asked.is_admin)
    return PAGES[asked.ref](asked.words)


VIEWS: Final[Mapping[str, Callable[[Asked], Awaitable[Screen]]]] = {
    "home": show_home,
    "draft": show_draft,
    "begun": show_begun,
    "booking": show_booking,
    "offer": show_booking,
    "news": show_news,
    "outcome": show_news,
    "bookings": show_bookings,
    "page": show_page,
    **admin_views.VIEWS,
    **cancel_views.VIEWS,
    **desk_views.VIEWS,
}
