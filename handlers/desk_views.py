"""The lists only admins see: what was found, what work waits, and who did what."""

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Final

from booking.audit import latest
from booking.customers import BLOCKED
from booking.retry import reference_of
from booking.search import search
from db import job_desk
from db.models import Customer
from db.money_models import Audit
from handlers import reading
from handlers.asked import Asked
from handlers.screens import admin, audit, found, jobs
from handlers.screens.screen import Screen
from handlers.typed_values import read_email, read_phone
from handlers.words import Words

View = Callable[[Asked], Awaitable[Screen]]
FOUND: Final = 20
GIVEN_UP: Final = 8
LINES: Final = 20
STRIPE: Final = "Stripe"


def _for_admins(view: View) -> View:
    @wraps(view)
    async def checked(asked: Asked) -> Screen:
        return await view(asked) if asked.is_admin else admin.not_found(asked.words)

    return checked


@_for_admins
async def show_found(asked: Asked) -> Screen:
    """List the bookings that fit what an admin searched for."""
    text, words = str(asked.ref), asked.words
    read = (read_phone(text, zone=words.shop.timezone), read_email(text))
    bookings = await search(text, contact=[one for one in read if one], most=FOUND + 1)
    views = [await reading.view_of(words, one) for one in bookings[:FOUND]]
    return found.found(words, text, views, more=len(bookings) > FOUND)


@_for_admins
async def show_jobs(asked: Asked) -> Screen:
    """Count what waits, and list what was given up."""
    now = asked.door.env.clock.now()
    blocked, dead = await job_desk.count_given_up(BLOCKED)
    letters = [
        jobs.Letter(job, await reference_of(job))
        for job in await job_desk.given_up(limit=GIVEN_UP, unless=BLOCKED)
    ]
    many, oldest = await job_desk.struggling(limit=GIVEN_UP)
    work = jobs.Work(
        waiting=await job_desk.waiting(now),
        blocked=blocked,
        struggling=many,
        oldest=[jobs.Letter(job, await reference_of(job)) for job in oldest],
        dead=dead,
        letters=letters,
    )
    return jobs.jobs(asked.words, now, work)


@_for_admins
async def show_audit(asked: Asked) -> Screen:
    """Tell who did what last, of all or of one booking."""
    reference = str(asked.ref)
    lines = await latest(reference=reference, most=LINES)
    names = await _names(lines)
    told = [
        audit.Line(
            at=one.at,
            who=_who(asked.words, one.actor, names),
            action=one.action,
            reference=one.reference,
            detail=one.detail or {},
        )
        for one in lines
    ]
    return audit.audit(asked.words, reference, told)


async def _names(lines: list[Audit]) -> dict[str, str | None]:
    """Return the names of the customers among the actors; None for those who were forgotten."""
    parts = (line.actor.partition(":") for line in lines)
    numbers = {int(number) for who, _, number in parts if who == "customer" and number.isdecimal()}
    known = await Customer.filter(id__in=sorted(numbers)) if numbers else []
    return {f"customer:{one.id}": one.name for one in known}


def _who(words: Words, actor: str, names: Mapping[str, str | None]) -> str:
    kind, _, number = actor.partition(":")
    if kind == "customer":
        return names.get(actor) or words.plain("who.customer")
    if kind == "admin":
        return words.plain("who.admin", number=number)
    return STRIPE if kind == "stripe" else words.plain("who.system")


VIEWS: Final[Mapping[str, View]] = {
    "found": show_found,
    "jobs": show_jobs,
    "audit": show_audit,
}
