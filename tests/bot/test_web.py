"""The web server from outside: events are durable or refused, pages hardened, errors silent."""

import asyncio
import hashlib
import hmac
import json
import sqlite3
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import aiohttp
import pytest
from aiohttp import web

from booking.caught import Caught
from booking.ports import Shop
from bot import web as server
from bot.clock import SystemClock
from bot.database_trouble import kind_of
from bot.health import Readiness
from bot.outside import Outside
from bot.proxies import client_address, networks
from bot.stripe_intake import StripeIntake
from bot.watch import nobody
from db.transactions import rows, run
from tests.engines import second_connection

SHOP = Shop(id="shop-1", name="Salon", timezone=ZoneInfo("UTC"), currency="EUR")
SECRET = "whsec_right"


def event(number=1, **metadata):
    ours = {"app": "booking-bot", "shop": "shop-1", "booking": "BK-AAAAAA"} | metadata
    session = {"id": "cs_test_1", "object": "checkout.session", "metadata": ours}
    kind = "checkout.session.completed"
    return json.dumps({"id": f"evt_{number}", "type": kind, "data": {"object": session}}).encode()


def signed(body, secret=SECRET):
    at = int(datetime.now(UTC).timestamp())
    seal = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={at},v1={seal}"}


async def stored():
    return [row["key"] for row in await rows("SELECT key FROM job ORDER BY key")]


async def broken(_request):
    raise RuntimeError("canary")


@pytest.fixture
async def site(database):
    app = server.application(https=True)
    intake = StripeIntake(secrets=["whsec_old", SECRET], shop=SHOP, clock=SystemClock(), proxies=[])
    telegram, stripe = Outside(SystemClock(), nobody), Outside(SystemClock(), nobody)
    ready = Readiness(telegram=telegram, stripe=stripe, is_up=lambda: False)
    app.router.add_post("/webhooks/stripe", intake.receive)
    app.router.add_get("/readyz", ready.answer)
    app.router.add_get("/broken", broken)
    async with server.WebServer(app, host="127.0.0.1", port=0) as running:
        base = f"http://127.0.0.1:{running.port}"
        async with aiohttp.ClientSession(base) as http:
            yield http


async def post(site, body, headers=None):
    headers = signed(body) if headers is None else headers
    async with site.post("/webhooks/stripe", data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_an_event_of_ours_is_stored_once_however_often_it_comes(site):
    answers = await asyncio.gather(*(post(site, event()) for _ in range(30)))
    assert {status for status, _ in answers} == {200}
    assert await stored() == ["evt:evt_1"]


@pytest.mark.parametrize("metadata", [{"app": "other"}, {"shop": "other"}])
async def test_a_foreign_event_is_accepted_and_has_no_effect(site, metadata):
    assert (await post(site, event(**metadata)))[0] == 200
    assert await stored() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"x"',
        b"[" * 100_000,
        b'{"id": 1}',
        b'{"id": "evt_1", "type": "checkout.session.completed", "data": null}',
        b'{"id": "evt_1", "data": {"object": []}}',
        b'{"id": "evt_1", "data": []}',
    ],
)
async def test_whatever_is_no_event_is_refused_even_when_signed(site, body):
    assert await post(site, body) == (400, "bad request")
    assert await stored() == []


@pytest.mark.parametrize("headers", [{}, {"Stripe-Signature": "t=1,v1=é"}, signed(event(), "x")])
async def test_whatever_is_not_signed_is_refused(site, headers):
    assert await post(site, event(), headers) == (400, "bad request")
    assert await stored() == []


async def test_too_large_a_body_is_refused(site):
    assert (await post(site, b"x" * (server.BODY_LIMIT + 1)))[0] == 413


async def test_what_cannot_be_stored_is_sent_again_by_stripe(site):
    await run("ALTER TABLE job RENAME TO gone")
    assert (await post(site, event()))[0] == 503
    await run("ALTER TABLE gone RENAME TO job")
    assert (await post(site, event()))[0] == 200


async def test_an_error_of_ours_shows_nothing_and_is_hardened(site):
    async with site.get("/broken") as answer:
        assert answer.status == 500
        assert "canary" not in await answer.text()
        assert "Traceback" not in await answer.text()
        for name, value in server.HEADERS.items():
            assert answer.headers[name] == value
        assert answer.headers["Strict-Transport-Security"] == server.HSTS
        assert "aiohttp" not in answer.headers["Server"]


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/webhooks/stripe", 405)])
async def test_what_is_not_there_says_so_without_details(site, path, status):
    async with site.get(path) as answer:
        assert answer.status == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_ready_means_that_events_can_be_made_durable(site):
    async with site.get("/readyz") as answer:
        assert answer.status == 200
        body = await answer.json()
    assert (body["ready"], body["reasons"], body["database"]) == (True, [], "ok")
    assert (body["telegram"]["state"], body["stripe"]["state"]) == ("waiting", "unknown")
    await run("ALTER TABLE installation RENAME TO gone")
    assert await unready(site) == ("broken", ["the database refused a row; the log says why"])
    async with site.get("/healthz") as answer:
        assert answer.status == 200


async def unready(site):
    async with site.get("/readyz") as answer:
        assert answer.status == 503
        body = await answer.json()
        assert body["ready"] is False
        return body["database"], body["reasons"]


async def test_ready_names_the_migrations_that_are_to_be_made(site):
    await run("DELETE FROM tortoise_migrations WHERE name LIKE '0002%'")
    assert await unready(site) == ("outdated", ["migrations to make: 0002_after_the_link"])


@pytest.mark.family("R14")
async def test_ready_tells_of_a_database_that_somebody_else_locks(site, database):
    async with second_connection(database.url) as other:
        assert (await site.get("/readyz")).status == 200
        take = "UPDATE installation SET value = value"
        if isinstance(other.raw, sqlite3.Connection):
            other.raw.execute("BEGIN IMMEDIATE")
            kind, _ = await unready(site)
            other.raw.execute("ROLLBACK")
        else:
            async with other.raw.transaction():
                await other.raw.execute(take)
                kind, _ = await unready(site)
    assert kind == "locked"
    async with site.get("/readyz") as answer:
        assert answer.status == 200


async def failure(statement):
    async with Caught() as caught:
        await run(statement)
    assert caught.error
    return caught.error


@pytest.mark.family("R13")
async def test_why_a_database_takes_no_row_is_told_apart(database):
    if database.is_sqlite:
        await run("PRAGMA max_page_count = 1")
        full = "INSERT INTO installation SELECT 'x', hex(zeroblob(999999))"
        assert kind_of(await failure(full)) == "full"
        await run("PRAGMA query_only = 1")
        assert kind_of(await failure("UPDATE installation SET value = value")) == "read_only"
    else:
        raises = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{}'; END $$"
        codes = {
            "read_only": "25006",
            "full": "53100",
            "locked": "55P03",
            "away": "57P01",
            "failing": "58030",
        }
        for kind, code in codes.items():
            assert kind_of(await failure(raises.format(code))) == kind
    assert kind_of(ConnectionRefusedError(111, "Connection refused")) == "away"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        ([], "1.2.3.4", "127.0.0.1"),
        (["127.0.0.0/8"], "1.2.3.4", "1.2.3.4"),
        (["127.0.0.0/8"], "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (["127.0.0.0/8", "1.2.3.4"], "6.6.6.6, 1.2.3.4", "6.6.6.6"),
        (["127.0.0.0/8"], "", "127.0.0.1"),
    ],
)
async def test_only_trusted_proxies_are_believed(trusted, forwarded, seen):
    app = web.Application()

    async def tell(request):
        return web.Response(text=client_address(request, networks(trusted)))

    app.router.add_get("/", tell)
    async with server.WebServer(app, host="127.0.0.1", port=0) as running:
        url = f"http://127.0.0.1:{running.port}/"
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:
            assert await answer.text() == seen
