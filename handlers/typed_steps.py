"""What a text means at each step of a draft: the fields it changes, or why it does not fit."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from booking import coupons
from booking.catalog import Question
from booking.catalog_store import shelf
from booking.choices import ANY, Step
from handlers import typed_times
from handlers.screens.answers import in_words
from handlers.typed_reply import Meaning, NotUnderstood, Reply
from handlers.typed_values import read_count, read_date, read_email, read_phone
from handlers.written import LONGEST_NAME

LONGEST_ANSWER: Final = 1000
MEANT: Final = 2
"""So many letters of a name are enough to mean it."""


async def understand(reply: Reply) -> Meaning:
    """Return what a text means at the draft's step; raise NotUnderstood or a Refusal."""
    return await STEPS[Step(reply.draft.step)](reply)


def _named(said: str, names: Mapping[str, str]) -> str | None:
    """Return the key whose name begins with what was said, if exactly one does."""
    wanted = said.casefold()
    exact = [key for key, name in names.items() if name.casefold() == wanted]
    begun = [key for key, name in names.items() if name.casefold().startswith(wanted)]
    found = exact or (begun if len(wanted) >= MEANT else [])
    return found[0] if len(found) == 1 else None


async def _service(reply: Reply) -> Meaning:
    services = (await shelf()).catalog.services
    key = _named(reply.said, {one.key: reply.words.local(one.name) for one in services})
    if key is None:
        raise NotUnderstood("typed.service")
    return None, {"service": key}


async def _staff(reply: Reply) -> Meaning:
    now_shelf, service = await shelf(), await reply.service()
    names = {ANY: reply.words.plain("staff.any")}
    for key in now_shelf.staff_of(service.key):
        member = now_shelf.catalog.staff_member(key)
        if member is not None:
            names[key] = reply.words.local(member.name)
    chosen = _named(reply.said, names)
    if chosen is None:
        raise NotUnderstood("typed.staff")
    return None, {"staff": chosen}


async def _seats(reply: Reply) -> Meaning:
    seats, service = read_count(reply.said), await reply.service()
    if seats is None or not 1 <= seats <= service.max_seats:
        raise NotUnderstood("typed.seats")
    return None, {"seats": seats}


async def _question(reply: Reply) -> Meaning:
    service = await reply.service()
    asked = next((q for q in service.questions if q.key == reply.choices.question), None)
    if asked is None:
        return None, {}
    answer = _answered(reply, asked)
    if answer is None:
        raise NotUnderstood(f"typed.{asked.kind}")
    return None, {"answers": {**reply.choices.answers, asked.key: answer}}


def _answered(reply: Reply, asked: Question) -> str | None:
    said = reply.said
    if asked.kind == "number":
        count = read_count(said)
        return None if count is None else str(count)
    if asked.kind == "date":
        day = read_date(said, today=reply.today)
        return day.isoformat() if day else None
    if asked.kind == "choice":
        names = {name: name for choice in asked.choices for name in choice.values()}
        chosen = _named(said, names)
        return in_words(reply.words, asked, chosen) if chosen else None
    if asked.kind == "phone":
        return read_phone(said, zone=reply.env.shop.timezone)
    if asked.kind == "email":
        return read_email(said)
    return said if 0 < len(said) <= LONGEST_ANSWER else None


async def _name(reply: Reply) -> Meaning:
    name = reply.said
    if not 0 < len(name) <= LONGEST_NAME or name.startswith("/"):
        raise NotUnderstood("typed.name")
    return None, {"name": name}


async def _phone(reply: Reply) -> Meaning:
    phone = read_phone(reply.said, zone=reply.env.shop.timezone)
    if phone is None:
        raise NotUnderstood("typed.phone")
    return None, {"phone": phone}


async def _email(reply: Reply) -> Meaning:
    email = read_email(reply.said)
    if email is None:
        raise NotUnderstood("typed.email")
    return None, {"email": email}


async def _coupon(reply: Reply) -> Meaning:
    service = await reply.service()
    found = await coupons.typed(
        reply.env, await shelf(), reply.said, service=service.key, customer_id=reply.customer_id
    )
    if found is None:
        raise NotUnderstood("typed.coupon")
    return None, {"coupon": found.code}


async def _tap_instead(_reply: Reply) -> Meaning:
    raise NotUnderstood("typed.tap")


STEPS: Final[Mapping[Step, Callable[[Reply], Awaitable[Meaning]]]] = {
    Step.SERVICE: _service,
    Step.STAFF: _staff,
    Step.DAY: typed_times.a_day,
    Step.MONTH: typed_times.a_day,
    Step.TIME: typed_times.a_time,
    Step.TAKEN: typed_times.another_time,
    Step.SEATS: _seats,
    Step.QUESTION: _question,
    Step.NAME: _name,
    Step.PHONE: _phone,
    Step.EMAIL: _email,
    Step.COUPON: _coupon,
    Step.SUMMARY: _tap_instead,
    Step.CHANGE: _tap_instead,
}
