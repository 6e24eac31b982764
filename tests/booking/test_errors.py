"""Refusals: each explains itself and has a status."""

import json

import pytest

from booking import catalog_mistakes, errors

REFUSALS = [
    thing
    for thing in vars(errors).values()
    if isinstance(thing, type) and issubclass(thing, errors.Refusal)
]


@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal_explains_itself_in_a_sentence(refusal):
    assert refusal.explanation().endswith(".")
    assert str(refusal()) == refusal.explanation()
    assert refusal.code() == refusal.__name__
    assert 400 <= refusal.status < 500


def test_a_refusal_carries_named_values_that_can_be_stored():
    refusal = errors.CouponExpired(code="WELCOME10", until="2026-12-31")
    assert json.loads(json.dumps(refusal.details)) == {"code": "WELCOME10", "until": "2026-12-31"}


def test_what_is_unavailable_may_say_when_to_come_back():
    assert errors.Unavailable("busy", retry_after=2.5).retry_after == 2.5
    assert errors.Unavailable().retry_after is None


def test_mistakes_are_written_a_line_each():
    mistake = catalog_mistakes.Mistake
    mistakes = [mistake("a.toml", "staff", "is odd"), mistake("a.toml", "", "odd")]
    assert str(catalog_mistakes.CatalogMistakes(mistakes)) == "a.toml: staff: is odd\na.toml: odd"
