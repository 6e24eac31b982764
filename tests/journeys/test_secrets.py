"""Secrets are canaries: whatever goes on, and however it fails, none of them comes out."""

import io
import logging
import re
from pathlib import Path

import pytest
import structlog

from bot import logs
from bot.commands.common import known_keys
from bot.config import read
from tests.crowd import tap
from tests.engines import second_connection
from tests.journeys.conftest import running_shop
from tests.journeys.test_conversation import ADA, BELA
from tests.journeys.test_seeing import fetch, write
from tests.journeys.test_webhook import event, post, signed, to_pay
from tests.process import TELEGRAM_SECRET, WEBHOOK_SECRET, Bot, sandbox

CARD = "4242 4242 4242 4242"
TABLES = "SELECT * FROM job", "SELECT * FROM audit", "SELECT * FROM attempt"


@pytest.fixture
async def shop(tmp_path, database_url):
    async with running_shop(tmp_path, database_url) as running:
        yield running


@pytest.fixture(params=["console", "json"])
def written(request, shop):
    """Everything that is logged at debug, as the program sets its log up."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    settings = read(shop.bot.config)
    secrets = [*settings.secrets(), *known_keys(settings)]
    logs.configure(level="debug", style=request.param, secrets=secrets, stream=stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def canaries(shop) -> dict[str, str]:
    settings = read(shop.bot.config)
    (key,) = known_keys(settings)
    return {
        "bot token": shop.telegram.token,
        "token after the colon": shop.telegram.token.split(":")[1],
        "Stripe key": shop.stripe.secret_key,
        "signing secret": WEBHOOK_SECRET,
        "webhook's secret": TELEGRAM_SECRET,
        "privacy key": key,
    }


async def much_goes_on_and_fails(shop) -> None:
    """A booking is paid and cancelled; every outside fails in turn; strangers try their luck."""
    await shop.pays(await to_pay(shop))
    await shop.says(BELA, CARD)
    for kind in ("401", "500", "html", "timeout"):
        shop.fails("POST /v1/refunds", kind, 1)
        shop.fails("GET /v1/checkout", kind, 1)
    await tap(shop.world, ADA, "^Cancel booking")
    await shop.settle()
    await shop.taps(ADA, "^Yes")
    await shop.time_passes(60)
    shop.recovers()
    for kind in ("401", "404", "500", "html"):
        shop.telegram.faults.add(match=".", kind=kind, times=2)
        await shop.says(ADA, "/start")
        await shop.time_passes(30)
    body = event("completed", shop.sessions()[-1])
    for headers in ({}, signed(shop, body, secret="whsec_guess"), {"Stripe-Signature": "t=1,v1=0"}):
        await post(shop, body, headers)
    await post(shop, body.replace(b"evt", b"bad"), signed(shop, body))
    async with second_connection(read(shop.bot.config).database.url.get_secret_value()) as other:
        await write(other, "ALTER TABLE installation RENAME TO gone")
        await fetch(shop, "/readyz")
        await write(other, "ALTER TABLE gone RENAME TO installation")
    await shop.time_passes(60)


async def everything_that_comes_out(shop) -> dict[str, str]:
    """What the program shows of itself besides its log."""
    said = {}
    session = shop.sessions()[-1]["id"]
    for path in ("/metrics", "/readyz", "/healthz", "/nowhere", "/booking/cancel?booking=x"):
        said[path] = (await fetch(shop, path))[1]
    said["success"] = (await fetch(shop, f"/booking/success?session_id={session}"))[1]
    for what in ("bookings", "payments", "customers", "audit"):
        said[what] = repr(await shop.exported(what))
    settings = read(shop.bot.config)
    said["settings"] = f"{settings!r} {settings} {settings.model_dump()!r}"
    said["chats"] = "".join(shop.telegram.transcript(who) for who in (ADA, BELA, 9))
    async with second_connection(settings.database.url.get_secret_value()) as other:
        for query in TABLES:
            said[query] = "".join(
                repr(tuple(dict(row).values())) for row in await other.rows(query)
            )
    return said


@pytest.mark.family("R23")
async def test_no_secret_comes_out_whatever_goes_on(shop, written):
    await much_goes_on_and_fails(shop)
    said = await everything_that_comes_out(shop) | {"log": written.getvalue()}
    assert "job run" in said["log"]
    for name, canary in canaries(shop).items():
        for place, text in said.items():
            assert canary not in text, f"{name} in {place}"
    assert CARD not in said["log"]
    assert not re.search(r"/c/pay/(?!\[secret\])\w", said["log"])
    assert "Ada" not in re.sub(r"\bAda(ms|pt)\w*", "", said["log"])


def processes() -> str:
    """The list of processes, as anybody on the machine reads it."""
    lines = (file.read_text(errors="replace") for file in Path("/proc").glob("[0-9]*/cmdline"))
    return "\n".join(lines)


@pytest.mark.family("R23")
async def test_no_secret_stands_in_the_list_of_processes(tmp_path, database_url):
    async with sandbox() as world:
        bot = Bot(tmp_path, world, database_url)
        assert (await bot.command("migrate"))[0] == 0
        await bot.start()
        try:
            told = processes()
            assert str(bot.config) in told
            for canary in (world.telegram.token, world.stripe.secret_key, WEBHOOK_SECRET):
                assert canary not in told
        finally:
            assert await bot.stop() == 0
