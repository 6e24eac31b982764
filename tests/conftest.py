"""Fixtures for every test: a fresh database on each engine, and texts kept as files."""

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from db import connection
from tests import engines

pytest_plugins = ["tests.families.plugin"]


@pytest.fixture(scope="session")
def sqlite_engine(tmp_path_factory):
    with engines.sqlite_engine(tmp_path_factory.mktemp("sqlite")) as engine:
        yield engine


@pytest.fixture(scope="session")
def postgres_engine():
    try:
        with engines.postgres_engine() as engine:
            yield engine
    except engines.NoPostgres as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request):
    """The URL of a fresh, migrated database: each test runs on both engines."""
    engine = request.getfixturevalue(f"{request.param}_engine")
    url = engine.fresh()
    yield url
    engine.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request):
    """The URL of a database that nobody has migrated yet, on each engine."""
    engine = request.getfixturevalue(f"{request.param}_engine")
    url = engine.empty()
    yield url
    engine.drop(url)


@pytest.fixture
async def database(database_url):
    """A fresh database, connected, with a keyring in use."""
    opened = await engines.use_database(database_url)
    yield opened
    await connection.close()


class Transcript(SingleFileSnapshotExtension):
    _write_mode = WriteMode.TEXT
    file_extension = "txt"

    def serialize(self, data, **kwargs):
        return data


@pytest.fixture
def transcript(snapshot):
    return snapshot.use_extension(Transcript)
