"""The work of the bot as admins see it: what waits, and what was given up and why."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markupsafe import Markup

from db.job_desk import Waiting, class_of
from db.jobs import Job
from handlers import formats
from handlers.keyboards import Verb, base36, menu, one
from handlers.screens.screen import Screen, lines, paragraphs, short
from handlers.words import Words

WHY_LENGTH: Final = 160
DAY: Final = 24 * 60
_BURIED: Final = re.compile(
    r"(?P<report>[0-9a-f]{8}) (?:(?P<error>[\w.]+): )?(?P<why>.*)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A job that was given up, and the booking it is about."""

    job: Job
    reference: str


@dataclass(frozen=True, slots=True)
class Work:
    """How the work stands: what waits, what does not succeed, what was given up."""

    waiting: Mapping[str, Waiting]
    blocked: int
    """Messages that wait for who has blocked the bot."""
    struggling: int
    oldest: Sequence[Letter]
    """Of what was tried and failed, and is tried again."""
    dead: int
    letters: Sequence[Letter]
    """Of what was given up, the latest first."""


def jobs(words: Words, now: datetime, work: Work) -> Screen:
    """Say how much work waits, what fails, and what was given up, with buttons to begin anew."""
    waiting, letters, dead = work.waiting, work.letters, work.dead
    counts = [_count(words, name, waiting[name]) for name in waiting]
    held_back = words("jobs.blocked", count=work.blocked) if work.blocked else None
    fails = [words("jobs.struggling", count=work.struggling)] if work.struggling else []
    fails += [_struggle(words, now, one) for one in work.oldest]
    given_up = words("jobs.given_up", count=dead) if dead else words("jobs.none_given_up")
    told = [_letter(words, now, number, one) for number, one in enumerate(letters, 1)]
    rest = words("jobs.more", count=dead - len(letters)) if dead > len(letters) else None
    title = Markup("<b>{}</b>").format(words("jobs.title"))
    buttons = [
        one(
            words.plain("button.retry", number=number, kind=letter.job.kind),
            menu(Verb.RETRY, base36(letter.job.id)),
        )
        for number, letter in enumerate(letters, 1)
    ]
    text = paragraphs([title, lines([*counts, held_back]), *fails, given_up, *told, rest])
    return Screen(text=text, rows=tuple(buttons))


def _count(words: Words, name: str, waiting: Waiting) -> Markup:
    work = words.plain(f"job_class.{name}")
    return words("jobs.count", work=work, now=waiting.now, later=waiting.later)


def _letter(words: Words, now: datetime, number: int, letter: Letter) -> Markup:
    """Say what was given up, about which booking, how long ago and why."""
    job = letter.job
    what = words(
        "jobs.letter",
        number=number,
        work=words.plain(f"job_class.{class_of(job)}"),
        kind=job.kind,
    )
    about = words("line.reference", reference=letter.reference) if letter.reference else None
    return lines([what, about, _age(words, now, job.dead_at), *_why(words, job)])


def _struggle(words: Words, now: datetime, letter: Letter) -> Markup:
    """Say what does not succeed, about which booking, since when and why."""
    job = letter.job
    work = words.plain(f"job_class.{class_of(job)}")
    about = words("line.reference", reference=letter.reference) if letter.reference else None
    why = words("jobs.last_error", why=short(job.last_error or "?", WHY_LENGTH))
    what = words("jobs.struggle", work=work, kind=job.kind)
    return lines([what, about, _age(words, now, job.created_at), why])


def _age(words: Words, now: datetime, then: datetime | None) -> Markup:
    minutes = max(0, int((now - (then or now)).total_seconds()) // 60)
    if minutes >= DAY:
        return words("jobs.age_days", count=minutes // DAY)
    return words("jobs.age", age=formats.duration(words, minutes))


def _why(words: Words, job: Job) -> list[Markup]:
    """Say in words why a job was given up, and the number its error has in the log."""
    found = _BURIED.fullmatch(job.last_error or "")
    if found is None:
        return [words("job_error.unknown", why=short(job.last_error or "?", WHY_LENGTH))]
    refused = (found["error"] or "").endswith("GiveUp")
    why = short(" ".join(found["why"].split()) or found["error"] or "?", WHY_LENGTH)
    if refused:
        said = words("job_error.refused", why=why)
    else:
        said = words("job_error.failed", count=job.attempts, why=why)
    return [said, words("jobs.report", report=found["report"])]
