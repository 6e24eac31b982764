"""A short run of kills and a short run of faults on each engine: nothing is lost or held on to."""

import pytest

from db.urls import engine_of
from tests.chaos.run import Plan, chaos
from tests.chaos.soak import soak

KILLS = 6
SECONDS = {"sqlite": 60, "postgres": 20}
PEOPLE_A_SECOND = 0.5
"""Fewer than on a machine of its own: the tests run side by side."""
SEED = 7


@pytest.mark.timeout(300)
@pytest.mark.family("R2", "R12")
async def test_kills_at_any_moment_lose_nothing(tmp_path, database_url, record_property):
    plan = Plan(KILLS, every=KILLS, rate=PEOPLE_A_SECOND)
    report = await chaos(tmp_path, database_url, plan, seed=SEED)
    assert report.found.wrong == []
    assert report.toll.kills == KILLS
    assert report.found.confirmed > 0
    record_property("runs", KILLS)


@pytest.mark.timeout(300)
@pytest.mark.family("R28")
async def test_faults_all_around_leave_nothing_behind(tmp_path, database_url, record_property):
    given = {"seed": SEED, "seconds": SECONDS[engine_of(database_url)], "rate": PEOPLE_A_SECOND}
    report = await soak(tmp_path, database_url, **given)
    assert report.found.wrong == []
    assert report.found.confirmed > 0
    record_property("runs", 1)
