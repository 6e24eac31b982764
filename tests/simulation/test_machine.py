"""Hypothesis draws the acts of people, Stripe, admins and the weather; no law is ever broken."""

import os
from contextlib import nullcontext

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.simulation.bugs import BUGS
from tests.simulation.machine import machine
from tests.simulation.world import Violation

EXAMPLES = int(os.environ.get("BOOKING_BOT_TEST_EXAMPLES", "8"))
STEPS = 50 if EXAMPLES < 1000 else 100
UNTIL_FOUND = 400


def played(engine, *, examples: int, bug=None, **given) -> int:
    """Play so many examples; gives how many steps were done."""
    kind = machine(engine)
    how = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        **given,
    )
    with bug() if bug else nullcontext():
        run_state_machine_as_test(kind, settings=how)
    return kind.steps


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request):
    return request.getfixturevalue(f"{request.param}_engine")


@pytest.mark.family("R4")
@pytest.mark.timeout(600)
def test_no_order_of_acts_breaks_a_law(engine, record_property):
    steps = played(engine, examples=EXAMPLES)
    assert steps >= EXAMPLES
    record_property("runs", EXAMPLES)


@pytest.mark.slow
@pytest.mark.family("R4")
@pytest.mark.timeout(600)
def test_the_machine_finds_a_planted_bug(sqlite_engine):
    without_shrinking = {"phases": [Phase.generate], "derandomize": True}
    with pytest.raises(Violation):
        played(sqlite_engine, examples=UNTIL_FOUND, bug=BUGS["any_amount"], **without_shrinking)
