"""Fresh databases for measurements, with every fsync a shop would have."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engines import Engine, postgres_engine, sqlite_engine
from tests.postgres_server import NoPostgres


@contextmanager
def engines() -> Iterator[list[Engine]]:
    """Give each engine there is; SQLite first."""
    with tempfile.TemporaryDirectory() as folder, sqlite_engine(Path(folder)) as sqlite:
        try:
            with postgres_engine(durable=True) as postgres:
                yield [sqlite, postgres]
        except NoPostgres as reason:
            print(f"without PostgreSQL: {reason}")
            yield [sqlite]


@contextmanager
def databases() -> Iterator[list[str]]:
    """Give the URL of a fresh database on each engine there is; SQLite first."""
    with engines() as found:
        yield [engine.fresh() for engine in found]
