"""Errors reach a Sentry without what anybody said, and a configuration that cannot is refused."""

import asyncio
import gzip
import json
import logging
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot import logs
from bot.config import ConfigurationError, read
from bot.sentry import reporting
from db.trace import Trace, following
from tests.bot.conftest import GOOD

CANARY = "Quetzalcoatl"
TOKEN = "987654321:AAFcanarycanarycanarycanarycanarycanary"


@asynccontextmanager
async def pretend_sentry():
    """An endpoint that takes events in; gives its DSN and what it got."""
    events = []

    async def take(request: web.Request) -> web.Response:
        raw = await request.read()
        if raw[:2] == b"\x1f\x8b":
            raw = gzip.decompress(raw)
        events.append(raw.decode())
        return web.json_response({"id": "1"})

    app = web.Application()
    app.router.add_post("/api/7/envelope/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        yield f"http://public@127.0.0.1:{port}/7", events
    finally:
        await runner.cleanup()


@pytest.fixture
async def told():
    """Log something inside, and get what a Sentry was sent."""
    pytest.importorskip("sentry_sdk")

    async def what(work) -> list[str]:
        async with pretend_sentry() as (dsn, events):
            async with reporting(dsn):
                work()
            await asyncio.sleep(0)
        return events

    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure(level="debug", style="json")
    yield what
    root.handlers[:] = before
    root.setLevel(level)


def fail(customer, token):
    raise ValueError(f"{customer} with {token}") from KeyError(customer)


def log_an_error():
    log = logs.get("bot.test")
    with following(Trace("abcd2345", booking="BK-AAAAAA")):
        try:
            fail(CANARY, TOKEN)
        except ValueError:
            log.exception("job failed", kind="update", name=CANARY, chat=4711)


async def test_an_error_is_told_with_its_place_and_its_trace(told):
    (envelope,) = await told(log_an_error)
    event = json.loads(envelope.splitlines()[2])
    assert event["message"] == "job failed"
    assert event["logger"] == "bot.test"
    assert event["tags"]["trace"] == "abcd2345"
    assert event["tags"]["booking"] == "BK-AAAAAA"
    assert event["tags"]["kind"] == "update"
    assert [error["type"] for error in event["exception"]["values"]] == ["KeyError", "ValueError"]
    last = event["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert last["function"] == "fail"


async def test_no_name_and_no_token_leaves(told):
    (envelope,) = await told(log_an_error)
    personal = (CANARY, TOKEN, "canary", "4711", '"vars"', "breadcrumbs", '"user"')
    assert [word for word in personal if word in envelope] == []


async def test_an_error_that_is_handed_on_is_told_like_one_that_is_caught(told):
    def say():
        logs.get("bot.test").error("task failed", exc_info=ValueError(CANARY))

    (envelope,) = await told(say)
    event = json.loads(envelope.splitlines()[2])
    assert [error["type"] for error in event["exception"]["values"]] == ["ValueError"]
    assert CANARY not in envelope


async def test_only_errors_are_told_libraries_without_their_arguments(told):
    def say():
        logs.get("bot.test").warning("as usual")
        logging.getLogger("telegram.ext").error("no answer for %s", CANARY)

    (envelope,) = await told(say)
    assert "no answer for %s" in envelope
    assert CANARY not in envelope


async def test_without_a_dsn_nothing_is_sent():
    pytest.importorskip("sentry_sdk")
    before = logging.getLogger().handlers[:]
    async with reporting(""):
        assert logging.getLogger().handlers == before


async def test_a_sentry_that_is_away_costs_nothing(told):
    async with reporting("http://public@127.0.0.1:9/7"):
        log_an_error()


def test_a_dsn_that_is_none_is_a_mistake(config_file):
    config_file.write_text(GOOD + '\n[log]\nsentry_dsn = "sentry"\n')
    with pytest.raises(ConfigurationError, match=r"log\.sentry_dsn: must be a DSN"):
        read(config_file)


def test_a_dsn_without_the_package_is_a_mistake_that_says_what_to_install(config_file):
    config_file.write_text(GOOD + '\n[log]\nsentry_dsn = "https://key@sentry.example.com/7"\n')
    hidden = "import sys; sys.modules['sentry_sdk'] = None; from bot.__main__ import main; main()"
    words = [sys.executable, "-c", hidden, "migrate", "--config", str(config_file)]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "log.sentry_dsn: needs a package: pip install 'booking-bot[sentry]'" in done.stderr
