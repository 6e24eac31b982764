"""What admins read about the books: the question, the report, the card of the day, an alert."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Final

from markupsafe import Markup

from booking.day_figures import DayFigures, Sums
from booking.reconcile import DAYS
from booking.report import Checked, Difference, Report
from handlers import formats
from handlers.keyboards import Verb, menu, on_booking, one
from handlers.outgoing import Button, Rows, Style
from handlers.screens.screen import Screen, lines, paragraphs
from handlers.words import Words

YES: Final = "yes"
NO: Final = "no"
LISTED: Final = 15
"""So many differences are listed in a chat; the others are counted."""
BUTTONS: Final = 6
PER_ROW: Final = 2


def question(words: Words, number: str) -> Screen:
    """Ask whether our books are compared with Stripe, saying what that may change."""
    text = paragraphs([_title(words("reconcile.title")), words("reconcile.effect", days=DAYS)])
    yes = words.plain("button.reconcile_yes", days=DAYS)
    return Screen(
        text=text,
        rows=(
            one(yes, menu(Verb.RECONCILE, f"{YES}.{number}"), Style.PRIMARY),
            one(words.plain("button.no"), menu(Verb.RECONCILE, NO)),
        ),
    )


def _begun(words: Words, _: str) -> Screen:
    return Screen(text=words("reconcile.begun"))


def _left_alone(words: Words, _: str) -> Screen:
    return Screen(text=words("reconcile.left_alone"))


ANSWERS: Final[Mapping[str, Callable[[Words, str], Screen]]] = {YES: _begun, NO: _left_alone}
"""What is shown instead of the question once it is answered."""


def report(words: Words, made: Report) -> Screen:
    """Say what a comparison found and did, with a button for each booking it is about."""
    shown = made.differences[:LISTED]
    said = [_line(words, one) for one in shown]
    if more := sum(made.found.values()) - len(shown):
        said.append(words("reconcile.more", count=more))
    text = paragraphs(
        [
            _title(words("card.reconciled")),
            stopped(words, made),
            lines(said) or (words("reconcile.agrees") if made.agrees else None),
            lines([checked(words, made), drift(words, made)]),
        ]
    )
    return Screen(text=text, rows=_looks(words, [one.reference for one in shown]))


def _line(words: Words, difference: Difference) -> Markup:
    return Markup("• {}").format(told(words, difference))


def told(words: Words, difference: Difference) -> str:
    """Return one line about a difference: of what, how much, what it was, what was done."""
    money = formats.money(words, difference.amount) if difference.amount else ""
    subject = " · ".join(part for part in (difference.reference or difference.about, money) if part)
    return words.plain(
        "reconcile.line",
        subject=subject,
        found=words.plain(f"found.{difference.found}"),
        done=words.plain(f"done.{difference.done}"),
    )


def checked(words: Words, made: Report) -> str:
    """Return one line about what was looked at."""
    counts = (words.plain(f"checked.{one}", count=made.checked[one]) for one in Checked)
    since = formats.day(words, formats.local(words, made.since).date())
    return words.plain("reconcile.checked", since=since, counts=", ".join(counts))


def drift(words: Words, made: Report) -> str:
    """Return one line about what our books and Stripe's differ by."""
    if made.stopped:
        return words.plain("reconcile.drift_unknown")
    sums = made.drifts(words.shop.currency)
    return words.plain("reconcile.drift", amount=", ".join(formats.money(words, s) for s in sums))


def stopped(words: Words, made: Report) -> str | None:
    """Return why a comparison did not go to its end; None when it did."""
    return words.plain("reconcile.stopped", why=made.stopped) if made.stopped else None


def day(words: Words, figures: DayFigures, made: Report) -> Screen:
    """Show what happened on a day, and what waits for a person."""
    happened = [
        words("day.made", count=figures.made),
        words("day.confirmed", count=figures.confirmed),
        words("day.cancelled", count=figures.cancelled),
        words("day.expired", count=figures.expired),
    ]
    text = paragraphs(
        [
            _title(words("card.day", day=formats.long_day(words, figures.day))),
            lines(happened),
            *(_money(words, sums) for sums in figures.sums),
            words("day.fees_unknown", count=figures.fees_unknown) if figures.fees_unknown else None,
            lines([drift(words, made), *_found(words, made)]),
            lines(_waiting(words, figures)) or words("day.nothing_waits"),
        ]
    )
    return Screen(text=text, rows=_looks(words, figures.references))


def _money(words: Words, sums: Sums) -> Markup:
    return lines(
        [
            words("day.taken", amount=formats.money(words, sums.taken)),
            words("day.given_back", amount=formats.money(words, sums.given_back)),
            words("day.fees", amount=formats.money(words, sums.fees)),
            *_disputed(words, sums),
            words("day.net", amount=formats.money(words, sums.net)),
        ]
    )


def _disputed(words: Words, sums: Sums) -> Iterator[Markup]:
    if sums.disputed:
        yield words("day.disputed", amount=formats.money(words, sums.disputed))
    if sums.won:
        yield words("day.won", amount=formats.money(words, sums.won))
    if sums.disputed or sums.won:
        yield words("day.dispute_fees")


def _found(words: Words, made: Report) -> list[Markup]:
    """Name what a person must look at: such differences nobody can repair."""
    open_ = (one for one in made.differences if one.needs_person)
    return [_line(words, one) for one in list(open_)[:LISTED]]


def _waiting(words: Words, figures: DayFigures) -> list[Markup]:
    counts = {
        "reviews": figures.reviews,
        "disputes": figures.disputes,
        "failed": figures.failed,
        "refunds": figures.refunds,
        "dead": figures.dead,
    }
    return [words(f"day.{name}", count=count) for name, count in counts.items() if count]


def quiet(words: Words, payments: int, last: datetime | None, address: str) -> Screen:
    """Warn that payments are known only because we asked, and say what to check."""
    when = formats.moment(words, last) if last else None
    text = paragraphs(
        [
            _title(words("card.webhooks_quiet")),
            words("quiet.payments", count=payments),
            words("quiet.last", when=when) if when else words("quiet.never"),
            words("quiet.check", address=address),
        ]
    )
    return Screen(text=text)


def late_links(words: Words, waiting: int) -> Screen:
    """Warn that customers wait for a link to pay while Stripe does not answer."""
    title, what = words("card.links_late"), words("links.links_late")
    return _waited_for(words, title, waiting, what)


def key_refused(words: Words, waiting: int) -> Screen:
    """Warn that nobody can pay because Stripe does not know our key."""
    title, what = words("card.key_refused"), words("links.key_refused")
    return _waited_for(words, title, waiting, what)


def _waited_for(words: Words, title: Markup, waiting: int, what: Markup) -> Screen:
    said = [_title(title), words("links.waiting", count=waiting), what]
    return Screen(text=paragraphs(said))


def _looks(words: Words, references: list[str] | tuple[str, ...]) -> Rows:
    """Return buttons that open bookings."""
    known = [reference for reference in dict.fromkeys(references) if reference][:BUTTONS]
    buttons = [
        Button(words.plain("button.look", reference=one), data=on_booking(one, Verb.LOOK))
        for one in known
    ]
    return tuple(tuple(buttons[at : at + PER_ROW]) for at in range(0, len(buttons), PER_ROW))


def _title(text: Markup) -> Markup:
    return Markup("<b>{}</b>").format(text)
