"""A small run of the simulation on each engine, and proof that it sees what it is there to see."""

import secrets
import sys

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.run import simulate
from tests.simulation.times import run

STEPS = 220
UNTIL_FOUND = 4000
SEEDS = {
    "release_before_expire": 1,
    "acknowledge_before_commit": 1,
    "fresh_refund_key": 1,
    "any_amount": 1,
    "late_without_place": 1,
    "second_payment_kept": 1,
    "lost_is_sent": 1,
}


def ending(outcome) -> str:
    return "\n".join([*outcome.story[-40:], f"script: {outcome.script}"])


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request):
    return request.getfixturevalue(f"{request.param}_engine")


# what a drawn seed finds is found by whoever runs `make test`, not by somebody's unrelated change
DRAWN = pytest.param(0, id="drawn", marks=pytest.mark.slow)


@pytest.mark.family("R3")
@pytest.mark.parametrize("seed", [pytest.param(7, id="fixed"), DRAWN])
def test_no_law_is_broken_whatever_people_do_and_whatever_fails(engine, seed, record_property):
    seed = seed or secrets.randbelow(1_000_000)
    print(f"seed {seed}", file=sys.stderr)
    outcome = run(simulate(engine, seed=seed, steps=STEPS))
    assert outcome.violation is None, f"seed {seed}\n{ending(outcome)}"
    assert outcome.steps >= STEPS
    record_property("runs", outcome.steps)


QUICK = "any_amount"
PLANTED = [
    pytest.param(name, marks=[] if name == QUICK else [pytest.mark.slow]) for name in sorted(BUGS)
]


@pytest.mark.family("R3")
@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.timeout(400)
def test_a_planted_bug_is_found(sqlite_engine, name):
    outcome = run(simulate(sqlite_engine, seed=SEEDS[name], steps=UNTIL_FOUND, bug=BUGS[name]))
    assert outcome.violation is not None, f"{name} was not found in {outcome.steps} steps"
