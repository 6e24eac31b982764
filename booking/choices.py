"""What a customer has chosen so far, and which question comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final

from booking.catalog import Question, Service

ANY: Final = "any"


class Step(StrEnum):
    """Where a customer stands in the conversation."""

    SERVICE = "service"
    STAFF = "staff"
    DAY = "day"
    MONTH = "month"
    TIME = "time"
    SEATS = "seats"
    QUESTION = "question"
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    SUMMARY = "summary"
    CHANGE = "change"
    COUPON = "coupon"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Choices:
    """The customer's choices; everything is optional until the summary."""

    service: str | None = None
    staff: str | None = None
    """A staff key, or "any"."""
    day: str | None = None
    """ISO date in the shop's zone."""
    month: str | None = None
    """YYYY-MM: the month grid that is open."""
    page: int = 0
    start: int | None = None
    """Epoch seconds."""
    only_time: bool = False
    """The day had this one start, so that it was not asked for: Back does not ask either."""
    seats: int | None = None
    question: str | None = None
    """Key of the question being asked."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """By question key; an optional question that was skipped is "" here."""
    coupon: str | None = None
    tip: int | None = None
    """In per cent."""
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    alternatives: Sequence[int] = ()
    """Epoch seconds of the free starts nearest to one that was taken."""
    changing: bool = False
    """One field is being changed from the summary: Back leads there again."""
    misses: int = 0
    """How often in a row we did not understand."""

    def to_json(self) -> dict[str, Any]:
        """Return only what was chosen."""
        chosen = {name: getattr(self, name) for name in _NAMES}
        return {name: value for name, value in chosen.items() if value not in (None, (), {}, 0)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Choices":
        """Read choices back, ignoring what an older version knew."""
        return cls(**{key: value for key, value in stored.items() if key in _NAMES})


_NAMES: Final = tuple(item.name for item in fields(Choices))


def open_questions(choices: Choices, service: Service) -> list[Question]:
    """List the service's questions that were neither answered nor skipped."""
    return [question for question in service.questions if question.key not in choices.answers]


def still_fitting(answers: Mapping[str, str], asked: Sequence[Question]) -> dict[str, str]:
    """Keep the earlier answers, and skips, that these questions would accept today."""
    return {one.key: answers[one.key] for one in asked if _fits(one, answers.get(one.key))}


def _fits(question: Question, answer: str | None) -> bool:
    if not answer:
        return answer is not None and not question.required
    if question.kind != "choice":
        return True
    return any(answer in each.values() for each in question.choices)


def needs_phone(service: Service) -> bool:
    """Tell whether the shop must be able to call: it waits for the customer in person."""
    return service.kind == "in_person"


def needs_email(service: Service) -> bool:
    """Tell whether something has to be sent: the link of an online service."""
    return service.kind == "online"


def fill(choices: Choices, *, service: Service | None, staff: Sequence[str]) -> Choices:
    """Choose wherever there is only one option; `staff` are the active keys that offer it."""
    if service is None:
        return choices
    if choices.staff is None and len(staff) == 1:
        choices = replace(choices, staff=staff[0])
    if choices.seats is None and service.max_seats == 1:
        choices = replace(choices, seats=1)
    return choices


def next_step(choices: Choices, service: Service | None) -> Step:
    """Return the first step that still misses something."""
    if service is None or choices.service is None:
        return Step.SERVICE
    if choices.staff is None:
        return Step.STAFF
    if choices.start is None:
        return Step.DAY if choices.day is None else Step.TIME
    if choices.seats is None:
        return Step.SEATS
    if open_questions(choices, service):
        return Step.QUESTION
    return _contact_step(choices, service)


def _contact_step(choices: Choices, service: Service) -> Step:
    if not choices.name:
        return Step.NAME
    if needs_phone(service) and not choices.phone:
        return Step.PHONE
    if needs_email(service) and not choices.email:
        return Step.EMAIL
    return Step.SUMMARY


def previous(
    step: Step, choices: Choices, *, service: Service | None, staff: Sequence[str]
) -> tuple[Step, str | None] | None:
    """Return the step before this one and the question it asks; None when that is the start.

    Steps with one option do not exist; nothing that was chosen is lost by going back. Without a
    service, which the shop may have taken out meanwhile, there is nothing to ask but which.
    """
    if service is None:
        return None if step == Step.SERVICE else (Step.SERVICE, None)
    if step in {Step.CHANGE, Step.COUPON}:
        return Step.SUMMARY, None
    if step in {Step.MONTH, Step.TAKEN}:
        return Step.DAY, None
    if choices.changing and step != Step.TIME:
        return Step.CHANGE, None
    path: list[tuple[Step, str | None]] = [(Step.SERVICE, None)]
    if len(staff) > 1:
        path.append((Step.STAFF, None))
    path.append((Step.DAY, None))
    if not choices.only_time:
        path.append((Step.TIME, None))
    if service.max_seats > 1:
        path.append((Step.SEATS, None))
    path += [(Step.QUESTION, question.key) for question in service.questions]
    here = (step, choices.question if step == Step.QUESTION else None)
    if here in path:
        before = path[: path.index(here)]
        return before[-1] if before else None
    return path[-1]
