"""What admins read about the books, in every language."""

from collections import Counter
from datetime import date, timedelta

import pytest

from booking.day_figures import DayFigures, Sums, figures_of
from booking.money import Money
from booking.report import Checked, Difference, Done, Found, Report
from booking.reviews import Kind
from db.money_models import Attempt, Refund, Review
from db.states import RefundState
from db.transactions import rows
from handlers import notices
from handlers.keyboards import Tap, Verb, decode
from handlers.screens import books
from tests.handlers.chat import Chat
from tests.handlers.conftest import NOW, read_aloud
from tests.handlers.rows import REFERENCE, SESSION, make_door
from tests.handlers.test_notices import a_paid_booking, job


def euros(minor):
    return Money(minor, "EUR")


def a_report(**fields):
    made = Report(since=NOW - timedelta(days=30), at=NOW, **fields)
    made.checked.update({Checked.PAYMENTS: 12, Checked.REFUNDS: 1, Checked.BOOKINGS: 5})
    return made


def differing():
    made = a_report()
    made.tell(Difference(Found.PAID, Done.BOOKED, REFERENCE, "cs_1", euros(5000)))
    made.tell(Difference(Found.REFUND, Done.BOOKED, "BK-000001", "re_1", euros(300)))
    made.tell(Difference(Found.EVENT, Done.TAKEN_IN, about="evt_1"))
    made.tell(Difference(Found.MISSING, Done.NOTHING, "BK-000002", "cs_2", euros(700)))
    made.drift.update({"EUR": 700, "USD": -250})
    return made


def sums(taken=0, given_back=0, fees=0, *, disputed=0, won=0, currency="EUR") -> Sums:
    amounts = {"taken": taken, "given_back": given_back, "fees": fees}
    amounts |= {"disputed": disputed, "won": won}
    return Sums(**{name: Money(minor, currency) for name, minor in amounts.items()})


FIGURES = DayFigures(
    day=date(2026, 11, 30),
    made=4,
    confirmed=3,
    cancelled=1,
    expired=0,
    sums=(
        sums(15000, 300, 525, disputed=5000, won=1000),
        sums(900, currency="USD"),
    ),
    fees_unknown=1,
    reviews=2,
    refunds=1,
    failed=2,
    disputes=1,
    dead=1,
    references=(REFERENCE, "BK-000001"),
)
CALM = DayFigures(
    day=date(2026, 11, 30),
    made=0,
    confirmed=0,
    cancelled=0,
    expired=0,
    sums=(sums(),),
    fees_unknown=0,
    reviews=0,
    refunds=0,
    failed=0,
    disputes=0,
    dead=0,
    references=(),
)
ADDRESS = "https://book.anna.example/webhooks/stripe"
SCREENS = {
    "question": lambda words: books.question(words, "1000"),
    "differences": lambda words: books.report(words, differing()),
    "agreement": lambda words: books.report(words, a_report()),
    "stopped": lambda words: books.report(words, a_report(stopped="Stripe: RateLimitError 429")),
    "day": lambda words: books.day(words, FIGURES, differing()),
    "calm_day": lambda words: books.day(words, CALM, a_report()),
    "quiet": lambda words: books.quiet(words, 2, NOW, ADDRESS),
    "never": lambda words: books.quiet(words, 1, None, ADDRESS),
}


def test_what_is_read_about_the_books(words, transcript):
    pages = [f"== {name}\n{read_aloud(make(words))}" for name, make in SCREENS.items()]
    assert "\n".join(pages) == transcript


def test_a_report_of_many_differences_fits_a_message(words):
    made = a_report()
    for number in range(500):
        made.tell(Difference(Found.PAID, Done.BOOKED, f"BK-{number:06}", "cs", euros(number)))
    screen = books.report(words, Report.of(made.as_json()))
    assert len(screen.text) < 4096
    assert "485" in screen.text or "৪৮৫" in screen.text
    assert sum(map(len, screen.rows)) == books.BUTTONS


async def test_the_figures_of_a_day_are_those_of_the_rows(database):
    booking = await a_paid_booking("en")
    await Attempt.all().update(fee_minor=55, net_minor=945)
    attempt = await Attempt.get()
    for number, state in enumerate((RefundState.SUCCEEDED, RefundState.PENDING)):
        await Refund.create(
            attempt_id=attempt.id,
            idempotency_key=str(number),
            amount_minor=100,
            reason="dashboard",
            state=state,
            created_at=NOW,
        )
    await Review.create(
        kind=Kind.MISMATCH, session_id=SESSION, booking_id=booking.id, detail={}, opened_at=NOW
    )
    env = make_door().env
    figures = await figures_of(env, date(2026, 12, 1))
    assert (figures.made, figures.confirmed, figures.cancelled, figures.expired) == (1, 1, 0, 0)
    [sums] = figures.sums
    assert (sums.taken, sums.given_back, sums.fees) == (euros(1000), euros(100), euros(55))
    assert sums.net == euros(845)
    assert (figures.reviews, figures.refunds, figures.dead) == (1, 1, 0)
    assert figures.references == (REFERENCE,)
    before = await figures_of(env, date(2026, 11, 30))
    assert (before.made, before.sums[0].taken) == (0, euros(0))
    payload = {"card": "day", "chat": 900, "day": "2026-12-01", "report": a_report().as_json()}
    (card,) = await notices.render(make_door(), job("admin_card", **payload))
    [button] = [button for row in card.rows for button in row]
    assert decode(button.data) == Tap(Verb.LOOK, REFERENCE)


@pytest.mark.parametrize("user", [900, 71])
async def test_the_question_is_answered_once_and_by_admins_alone(database, user):
    chat = Chat(make_door(), user=user)
    shown = await chat.says("/reconcile")
    if user != 900:
        assert "don’t know this command" in shown.text
        for forged in ("v1:rec:-:-:yes.7", f"v1:look:{REFERENCE}:-:"):
            await chat.presses(forged)
    else:
        yes = chat.buttons[0].data
        assert "I am comparing" in (await chat.presses(yes)).text
        await chat.presses(yes)
        shown = await chat.presses("v1:rec:-:-:yes.no")
        assert "Nothing was compared" in shown.text
    asked = await rows("SELECT kind FROM job WHERE kind = ?", ["reconcile"])
    assert len(asked) == (user == 900)


def test_the_drift_names_the_shops_currency_and_what_else_differs():
    made = a_report()
    made.drift = Counter({"USD": 0, "JPY": 3})
    assert made.drifts("EUR") == [euros(0), Money(3, "JPY")]
