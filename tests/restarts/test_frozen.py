"""A PostgreSQL that hangs: whoever asks over HTTP is answered in time, and nothing is lost."""

import time

import aiohttp
import pytest

from tests.engines import engine_on, private_server
from tests.journeys.conftest import CATALOG, running_shop
from tests.journeys.test_conversation import ADA
from tests.journeys.test_seeing import fetch
from tests.journeys.test_webhook import event, post, signed, to_pay
from tests.postgres_server import NoPostgres

IN_TIME = 10


async def timely(work):
    began = time.monotonic()
    answer = await work
    assert time.monotonic() - began < IN_TIME
    return answer


@pytest.mark.family("R14")
@pytest.mark.timeout(120)
async def test_while_the_database_hangs_everybody_is_told_so_in_time_and_afterwards_all_is_done(
    tmp_path,
):
    try:
        with private_server() as server, engine_on(server.url) as engine:
            async with running_shop(tmp_path, engine.fresh(), catalog=CATALOG) as shop:
                session = await to_pay(shop)
                shop.fails("WEBHOOK", "drop")
                await shop.stripe.pay(session, "4242424242424242")
                server.freeze()
                try:
                    await is_told_in_time(shop)
                finally:
                    server.thaw()
                status, _ = await fetch(shop, "/readyz")
                assert status == 200
                body = event("completed", shop.sessions()[-1])
                assert await post(shop, body, signed(shop, body)) == 200
                await shop.settle()
                assert shop.reads(ADA, "Receipt: ")
                [row] = await shop.exported("bookings")
                assert row["status"] == "confirmed"
    except NoPostgres as missing:
        pytest.skip(str(missing))


async def is_told_in_time(shop) -> None:
    status, told = await timely(fetch(shop, "/readyz"))
    assert (status, '"database": "locked"' in told) == (503, True)
    status, told = await timely(fetch(shop, "/metrics"))
    assert (status, "booking_bot_database_up 0.0" in told) == (200, True)
    body = event("completed", shop.sessions()[-1])
    assert await timely(post(shop, body, signed(shop, body))) == 503
    session = shop.sessions()[-1]
    for address in (f"/booking/success?session_id={session['id']}", session["cancel_url"]):
        status, told = await timely(fetch(shop, address.removeprefix(shop.bot.url)))
        assert (status, "We are still checking your payment" in told) == (503, True)
    async with aiohttp.ClientSession() as http, http.get(f"{shop.bot.url}/healthz") as alive:
        assert alive.status == 200
