"""Events in every order and at once, refunds from every side: few here, all by `make outside`."""

import asyncio

import pytest

from tests.outside import orders, races

EVERY = {"sqlite": 360, "postgres": 630}
ROUNDS, SEEDS = range(2), {"sqlite": range(4), "postgres": range(4, 7)}


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request):
    return request.param, request.getfixturevalue(f"{request.param}_engine")


@pytest.mark.family("R5")
def test_the_order_of_what_stripe_says_changes_nothing(engine, tmp_path, record_property):
    name, made = engine
    numbers = range(1, orders.ORDERS, EVERY[name])
    assert asyncio.run(orders.play(made, tmp_path, numbers)) == {}
    record_property("runs", len(numbers))


@pytest.mark.family("R6")
def test_copies_of_an_event_at_once_confirm_once(engine, record_property):
    assert races.copies(engine[1], ROUNDS) == {}
    record_property("runs", len(ROUNDS))


@pytest.mark.family("R10")
def test_refunds_that_race_give_back_no_more_than_was_paid_and_are_told_once(
    engine, record_property
):
    name, made = engine
    assert races.play(made, SEEDS[name]) == {}
    record_property("runs", len(SEEDS[name]))
