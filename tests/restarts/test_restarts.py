"""A minute of `make restarts`."""

import random

import pytest

from tests.engines import engine_on, private_server
from tests.postgres_server import NoPostgres
from tests.restarts.run import restarted


@pytest.mark.family("R14")
@pytest.mark.timeout(300)
async def test_a_server_that_restarts_again_and_again_costs_nobody_anything(
    tmp_path, record_property
):
    try:
        with private_server(durable=True) as server, engine_on(server.url) as engine:
            seen = await restarted(
                tmp_path,
                server,
                engine.fresh(),
                seconds=60,
                rate=0.7,
                dice=random.Random(14),
                pauses=(5, 12),
            )
    except NoPostgres as missing:
        pytest.skip(str(missing))
    found, restarts, _ = seen
    record_property("runs", len(restarts.returns))
    assert found.wrong == []
    assert found.confirmed >= 10
    assert len(restarts.returns) >= 3
