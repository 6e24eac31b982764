"""Cancellations: what is given back, until which instant."""

from datetime import UTC, datetime, timedelta

import pytest

from booking.catalog import PolicyStep
from booking.money import Money
from booking.policy import Deadline, explain, refund_amount, refund_percent

START = datetime(2026, 12, 4, 15, 30, tzinfo=UTC)
STEPS = (PolicyStep(hours=24, refund=100), PolicyStep(hours=2, refund=50))
INSTANT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("notice", "percent"),
    [
        (timedelta(days=9), 100),
        (timedelta(hours=24), 100),
        (timedelta(hours=24) - INSTANT, 50),
        (timedelta(hours=2), 50),
        (timedelta(hours=2) - INSTANT, 0),
        (timedelta(0), 0),
        (timedelta(hours=-1), 0),
    ],
)
def test_the_longer_the_notice_the_more_is_given_back(notice, percent):
    assert refund_percent(STEPS, START, START - notice) == percent


def test_a_policy_is_explained_by_its_deadlines_the_earliest_first():
    assert explain(STEPS[::-1], START) == [
        Deadline(datetime(2026, 12, 3, 15, 30, tzinfo=UTC), 100),
        Deadline(datetime(2026, 12, 4, 13, 30, tzinfo=UTC), 50),
    ]


def test_without_a_policy_nothing_is_given_back():
    assert explain((), START) == []
    assert refund_percent((), START, START - timedelta(days=99)) == 0


def test_a_step_of_zero_hours_holds_until_the_start():
    always = (PolicyStep(hours=0, refund=100),)
    assert refund_percent(always, START, START) == 100
    assert refund_percent(always, START, START + INSTANT) == 0


def test_a_refund_can_be_paid_out_and_never_exceeds_what_was_paid():
    assert refund_amount(Money(4999, "EUR"), 50) == Money(2500, "EUR")
    assert refund_amount(Money(5130, "KWD"), 33) == Money(1690, "KWD")
    assert refund_amount(Money(500, "ISK"), 50) == Money(300, "ISK")
    assert refund_amount(Money(500, "ISK"), 100) == Money(500, "ISK")
