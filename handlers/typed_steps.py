"""What a text means at each step of a draft: the fields it changes, or why it does not fit."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

from booking import coupons
from booking.catalog import Question, Service
from booking.catalog_store import shelf
from booking.choices import ANY, Choices, Step
from booking.errors import ServiceGone
from booking.ports import Environment
from db.models import Draft
from handlers import reading
from handlers.typed_values import read_count, read_date, read_email, read_phone, read_time
from handlers.words import Words
from handlers.written import LONGEST_NAME

LONGEST_ANSWER: Final = 1000
MEANT: Final = 2
"""So many letters of a name are enough to mean it."""
Meaning = tuple[Step | None, dict[str, Any]]
"""The step to go to (None: whatever is missing next) and the changed fields of Choices."""


class NotUnderstood(Exception):
    """The text does not answer the question; `key` names the text that says what would."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Reply:
    """A text written at a step of a draft."""

    env: Environment
    words: Words
    customer_id: int
    draft: Draft
    choices: Choices
    said: str
    """Already clean, see handlers/written.py."""

    @property
    def today(self) -> date:
        """Return the shop's day."""
        return self.env.clock.now().astimezone(self.env.shop.timezone).date()

    async def service(self) -> Service:
        """Return the chosen service; raise ServiceGone."""
        service = (await shelf()).service(self.choices.service or "")
        if service is None:
            raise ServiceGone
        return service


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


async def _day(reply: Reply) -> Meaning:
    day = read_date(reply.said, today=reply.today)
    if day is None:
        raise NotUnderstood("typed.day")
    if not await reading.free_times(reply.env, reply.choices, day):
        raise NotUnderstood("typed.day_full")
    return Step.TIME, {"day": day.isoformat(), "start": None}


async def _time(reply: Reply) -> Meaning:
    at, other = read_time(reply.said), read_date(reply.said, today=reply.today)
    if at is None and other is None:
        raise NotUnderstood("typed.time")
    day = date.fromisoformat(reply.choices.day or reply.today.isoformat())
    zone = reply.env.shop.timezone
    for offer in await reading.free_times(reply.env, reply.choices, day):
        if offer.start.astimezone(zone).time() == at:
            return None, {"start": int(offer.start.timestamp()), "alternatives": ()}
    if other is not None:  # "8.12." may be either: a time that is not free was meant as a day
        return await _day(reply)
    raise NotUnderstood("typed.time_full")


async def _taken(reply: Reply) -> Meaning:
    if read_date(reply.said, today=reply.today) is not None:
        return await _day(reply)
    at, zone = read_time(reply.said), reply.env.shop.timezone
    if at is None:
        raise NotUnderstood("typed.time")
    for start in reply.choices.alternatives:
        if datetime.fromtimestamp(start, UTC).astimezone(zone).time() == at:
            return None, {"start": start, "alternatives": ()}
    raise NotUnderstood("typed.time_full")


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
        names = {name: name for name in map(reply.words.local, asked.choices)}
        return _named(said, names)
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
    found = coupons.find(await shelf(), reply.said, service=service.key, today=reply.today)
    if found is None:
        raise NotUnderstood("typed.coupon")
    await coupons.check_left(found, customer_id=reply.customer_id)
    return None, {"coupon": found.code}


async def _tap_instead(_reply: Reply) -> Meaning:
    raise NotUnderstood("typed.tap")


STEPS: Final[Mapping[Step, Callable[[Reply], Awaitable[Meaning]]]] = {
    Step.SERVICE: _service,
    Step.STAFF: _staff,
    Step.DAY: _day,
    Step.MONTH: _day,
    Step.TIME: _time,
    Step.TAKEN: _taken,
    Step.SEATS: _seats,
    Step.QUESTION: _question,
    Step.NAME: _name,
    Step.PHONE: _phone,
    Step.EMAIL: _email,
    Step.COUPON: _coupon,
    Step.SUMMARY: _tap_instead,
    Step.CHANGE: _tap_instead,
}
