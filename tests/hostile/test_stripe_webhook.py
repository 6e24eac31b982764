"""Only Stripe is believed, whatever the request looks like; and nobody makes us stumble."""

import logging
import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from booking.ports import Shop
from bot import web as server
from bot.clock import SystemClock
from bot.stripe_intake import StripeIntake
from tests.engines import second_connection
from tests.hostile.forged import SECRET, SHOP, Forgery, drawn, event, named, seal
from tests.hostile.raw import request, send

FORGERIES = int(os.environ.get("BOOKING_BOT_TEST_FORGERIES", "1000"))
NOW = int(datetime.now(UTC).timestamp())
NAMED = list(named(NOW))


@pytest.fixture
async def port(database):
    shop = Shop(id=SHOP, name="Salon", timezone=ZoneInfo("UTC"), currency="EUR")
    intake = StripeIntake(secrets=["whsec_old", SECRET], shop=shop, clock=SystemClock(), proxies=[])
    app = server.application(https=True)
    app.router.add_post("/webhooks/stripe", intake.receive)
    async with server.WebServer(app, host="127.0.0.1", port=0) as running:
        yield running.port


def written(one: Forgery, *, chunked: bool = False) -> bytes:
    signature = [] if one.signature is None else [f"Stripe-Signature: {one.signature}"]
    size = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(one.body)}"
    body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(one.body), one.body) if chunked else one.body
    line = "POST /webhooks/stripe HTTP/1.1"
    return request(line, "Host: x", "Connection: close", size, *one.more, *signature, body=body)


async def stored(database) -> set[str]:
    async with second_connection(database.url) as other:
        return {row["key"] for row in await other.rows("SELECT key FROM job")}


def mistakes(caplog) -> list[str]:
    # what is no HTTP is told of by aiohttp alone, to a logger the program mutes
    ours = (one for one in caplog.records if one.name != "aiohttp.server")
    return [one.getMessage() for one in ours if one.levelno >= logging.ERROR]


@pytest.mark.family("R16")
@pytest.mark.parametrize("one", NAMED, ids=[one.name for one in NAMED])
async def test_a_forgery_is_refused_and_leaves_nothing(port, database, caplog, one):
    now = int(datetime.now(UTC).timestamp())
    fresh = next(other for other in named(now) if other.name == one.name)
    answer = await send(port, written(fresh))
    assert answer.status in fresh.statuses
    assert answer.body in {"bad request", "Request Entity Too Large"}
    assert await stored(database) == set()
    assert mistakes(caplog) == []


@pytest.mark.family("R16")
async def test_drawn_forgeries_change_nothing(port, database, caplog, record_property):
    record_property("runs", FORGERIES)
    kept = set()
    for seed in range(FORGERIES):
        one = drawn(seed, int(datetime.now(UTC).timestamp()))
        answer = await send(port, written(one, chunked=seed % 7 == 0))
        assert answer.status in one.statuses, one
        if answer.status == 200:
            kept.add(f"evt:evt_{seed_number(one.body)}")
    assert await stored(database) == kept
    assert mistakes(caplog) == []


def seed_number(body: bytes) -> str:
    return body.decode().split('"evt_')[1].split('"')[0]


@pytest.mark.family("R17")
async def test_a_signature_is_good_for_its_own_body_and_its_own_five_minutes(port, database):
    now = int(datetime.now(UTC).timestamp())
    one, other = event(1), event(2)
    replay = Forgery("", one, f"t={now},v1={seal(now, one)}")
    answers = [await send(port, written(replay)) for _ in range(20)]
    assert {answer.status for answer in answers} == {200}
    assert await stored(database) == {"evt:evt_1"}
    with_another = Forgery("", other, replay.signature)
    assert (await send(port, written(with_another))).status == 400
    old = now - 3600
    late = Forgery("", other, f"t={old},v1={seal(old, other)}")
    assert (await send(port, written(late))).status == 400
    assert await stored(database) == {"evt:evt_1"}


@pytest.mark.family("R16")
async def test_while_a_secret_is_rolled_both_count_and_afterwards_one(port, database):
    now = int(datetime.now(UTC).timestamp())
    for number, secrets in enumerate((["whsec_old"], [SECRET], ["whsec_new", "whsec_old"])):
        body = event(number)
        signs = ",".join(f"v1={seal(now, body, secret)}" for secret in secrets)
        answer = await send(port, written(Forgery("", body, f"t={now},{signs}")))
        assert answer.status == 200
    gone = Forgery("", event(9), f"t={now},v1={seal(now, event(9), 'whsec_new')}")
    assert (await send(port, written(gone))).status == 400
    assert await stored(database) == {f"evt:evt_{number}" for number in range(3)}
