"""Every call of the outside times every fault: few of the cells here, all by `make outside`."""

import inspect

import pytest

from booking.at_stripe import AtStripe
from booking.ports import Payments
from tests.outside import (
    beginnings,
    known,
    matrix,
    stripe_calls,
    stripe_faults,
    telegram_calls,
    telegram_faults,
)

FIRST = {"sqlite": 0, "postgres": 5}
EVERY = {"sqlite": 1, "postgres": 6}
ASKED = {
    "create": "checkout.sessions.create",
    "retrieve": "checkout.sessions.retrieve",
    "expire": "checkout.sessions.expire",
    "refund": "refunds.create",
    "retrieve_refund": "refunds.retrieve",
    "refunds_of": "refunds.list",
    "retrieve_dispute": "disputes.retrieve",
    "disputes_of": "disputes.list",
}
"""What each method of the port asks of Stripe."""
LISTED = {
    "sessions": "checkout.sessions.list",
    "refunds": "refunds.list",
    "missed_events": "events.list",
    "session": "checkout.sessions.retrieve",
    "expire": "checkout.sessions.expire",
    "refund": "refunds.retrieve",
}


def methods(protocol) -> set[str]:
    return {name for name, _ in inspect.getmembers(protocol, inspect.isfunction)} - {"__init__"}


def of_stripe() -> set[str]:
    calls = [*stripe_calls.CALLS, *beginnings.OF_STRIPE]
    return {one.name.partition(" ")[0] for one in calls}


def of_telegram() -> set[str]:
    named = [*beginnings.AT_THE_START, *beginnings.OF_TELEGRAM]
    return {one.name.partition(" ")[0] for one in named} | {
        one.method for one in telegram_calls.IN_THE_CHAT
    }


@pytest.mark.family("R9")
def test_the_matrix_knows_every_call_of_stripe_that_there_is():
    assert known.said_to_stripe() == of_stripe()
    assert {name for name in methods(Payments) if not name.startswith("_")} == set(ASKED)
    assert {name for name in methods(AtStripe) if not name.startswith("_")} == set(LISTED)
    assert {*ASKED.values(), *LISTED.values()} <= of_stripe()


@pytest.mark.family("R11")
def test_the_matrix_knows_every_call_of_the_bot_api_that_there_is():
    assert known.said_to_telegram() == of_telegram()
    assert known.typed_by_ptb() == []


def test_the_few_cells_played_here_hold_every_call_and_every_fault():
    played = matrix.covering()
    assert {one.call.name for one in played} == {one.call.name for one in matrix.cells()}
    kinds = {(one.side, one.kind.name) for one in played}
    assert len(kinds) == len(stripe_faults.KINDS) + len(telegram_faults.KINDS)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
@pytest.mark.family("R9", "R11")
@pytest.mark.timeout(300)
def test_whatever_fails_is_said_honestly_and_done_once_within_a_minute(
    request, engine, record_property
):
    made = request.getfixturevalue(f"{engine}_engine")
    played = matrix.covering(start=FIRST[engine])[:: EVERY[engine]]
    wrong = matrix.play(made, played)
    assert wrong == {}, "\n".join(wrong.values())
    record_property("runs", len(played))
