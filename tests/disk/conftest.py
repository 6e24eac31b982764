"""A SQLite file for a bot of its own."""

import pytest


@pytest.fixture
def url(sqlite_engine):
    made = sqlite_engine.fresh()
    yield made
    sqlite_engine.drop(made)
