"""No secret reaches the log, whichever way it tries."""

import io
import json
import logging

import pytest
import structlog

from bot import logs

TOKEN = "987654321:AAFcanarycanarycanarycanarycanarycanary"
KNOWN = "plain-canary-password"
SECRETS = (TOKEN, "sk_live_canary", "rk_test_canary", "whsec_canary", KNOWN)


@pytest.fixture(params=["console", "json"])
def stream(request):
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(level="debug", style=request.param, secrets=[KNOWN], stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def fail(secret):
    raise ValueError(secret) from RuntimeError(secret)


def test_nothing_sings(stream):
    log = logs.get("bot.test")
    for secret in SECRETS:
        log.info("said %s", secret, extra_field={"deep": [secret]})
        log.info("https://api.telegram.org/bot%s/getMe", secret)
        for name in ("httpx", "stripe", "telegram.ext", "asyncpg", "aiohttp.client", "anything"):
            logging.getLogger(name).error("%s", {"arg": secret}, extra={"more": secret})
        try:
            fail(secret)
        except ValueError:
            log.exception("went wrong")
            logging.getLogger("other").exception("went wrong")
    written = stream.getvalue()
    assert written.count(logs.BLOT) >= 10 * len(SECRETS)
    assert "canary" not in written


def test_passwords_in_addresses_are_blotted_out(stream):
    logging.getLogger("db").error("postgres://shop:hunter22@db.example.com/booking")
    assert "hunter22" not in stream.getvalue()
    assert "db.example.com/booking" in stream.getvalue()


@pytest.mark.parametrize("name", ["httpx", "stripe", "telegram.ext.Application"])
def test_libraries_do_not_chat(stream, name):
    logging.getLogger(name).info("POST https://api.telegram.org/…")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("stream", ["json"], indirect=True)
def test_json_lines_carry_what_they_are_about(stream):
    with structlog.contextvars.bound_contextvars(job="upd:7"):
        logs.get("bot.test").warning("slow", seconds=3)
    line = json.loads(stream.getvalue())
    assert line["event"] == "slow"
    assert line["job"] == "upd:7"
    assert line["seconds"] == 3
    assert line["level"] == "warning"
    assert line["timestamp"].endswith("Z")
