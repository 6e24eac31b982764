"""Some of `make mutants`: every mutant fits the code as it is, and the runner tells them apart."""

from dataclasses import replace

import pytest

from tests.families.record import ROOT
from tests.mutants.listed import MUTANTS
from tests.mutants.mutant import Mutant
from tests.mutants.run import Outcome, copied, verdict_of

BY_NAME = {mutant.name: mutant for mutant in MUTANTS}
QUICK = ("any-grammar-understood", "future-event-believed")
HARMLESS = Mutant(
    name="nothing-taken-out",
    guard="Nothing.",
    file="handlers/keyboards.py",
    old="_PARTS: Final = 5\n",
    new="_PARTS: Final = 2 + 3\n",
    tests=("handlers/test_keyboards.py::test_foreign_data_is_not_ours",),
    chosen="",
)


@pytest.fixture(scope="module")
def whole():
    with copied() as folder:
        yield folder


@pytest.mark.family("R29")
def test_every_mutant_breaks_the_code_as_it_is_and_names_tests_there_are(record_property):
    record_property("runs", len(MUTANTS))
    assert len(BY_NAME) == len(MUTANTS) >= 30
    for one in MUTANTS:
        assert one.mistake((ROOT / one.file).read_text()) == "", one.name
    assert [missing for one in MUTANTS for missing in one.missing(ROOT)] == []


@pytest.mark.family("R29")
def test_a_guard_taken_out_is_missed(whole, record_property):
    record_property("runs", len(QUICK))
    for name in QUICK:
        assert verdict_of(BY_NAME[name], whole).outcome == Outcome.CAUGHT, name


def test_what_takes_out_nothing_survives(whole):
    assert verdict_of(HARMLESS, whole).outcome == Outcome.SURVIVED


@pytest.mark.parametrize(
    ("new", "outcome"),
    [("_PARTS: Final = FIVE\n", Outcome.BROKEN), ("PARTS: Final = 5\n", Outcome.BROKEN)],
    ids=["cannot be imported", "lacks a name"],
)
def test_what_breaks_more_than_a_guard_shows_nothing(whole, new, outcome):
    assert verdict_of(replace(HARMLESS, new=new), whole).outcome == outcome


def test_a_mutant_none_of_whose_tests_ran_shows_nothing(whole):
    assert verdict_of(replace(HARMLESS, chosen="postgres"), whole).outcome == Outcome.NOT_RUN
