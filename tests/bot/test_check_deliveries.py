"""What `check` says of Telegram's deliveries: a failure of yesterday is none of today."""

import pytest

from tests.process import Bot, sandbox


@pytest.fixture
async def shop(tmp_path, sqlite_engine):
    async with sandbox() as world:
        yield world, Bot(tmp_path, world, sqlite_engine.empty())


async def line(bot) -> str:
    _, out, _ = await bot.command("check")
    return next(one for one in out.splitlines() if "Telegram updates" in one)


async def test_what_could_not_be_delivered_is_wrong_until_it_was(shop):
    world, bot = shop
    await bot.start()
    assert await line(bot) == "✓ Telegram updates: webhook, 0 updates waiting"
    await bot.stop()
    await world.telegram.say("Ada", "/start")
    said = await until_failed(bot)
    assert "could not deliver" in said
    assert "1 update waiting" in said
    await bot.start()
    try:
        await world.telegram.settle(within=20)
        said = await line(bot)
        assert said.startswith("✓ Telegram updates: webhook, 0 updates waiting; failed last at ")
    finally:
        await bot.stop()


async def until_failed(bot) -> str:
    """The line once Telegram has tried in vain."""
    for _ in range(20):
        said = await line(bot)
        if said.startswith("✗"):
            return said
    raise AssertionError(said)
