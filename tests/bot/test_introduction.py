"""What Telegram shows of the bot before anybody writes to it."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from booking.ports import Shop
from bot.bot_api import BotApi
from bot.introduction import introduce
from bot.telegram_request import Transport
from tests.process import sandbox

ADMIN = 9


def shop(**more):
    return Shop(
        id="s",
        name="Studio",
        timezone=ZoneInfo("Europe/Berlin"),
        currency="EUR",
        languages=("en", "bn"),
        admins=frozenset({ADMIN}),
        **more,
    )


async def told(world, *, before=None, admins=(ADMIN,)):
    async with Transport() as transport:
        api = BotApi(transport, token=world.telegram.token, api_url=world.telegram_url)
        if before:
            await api.call("setMyDescription", before)
        await introduce(api, replace(shop(), admins=frozenset(admins)))
    return world.telegram.server.settings


async def test_the_empty_chat_says_what_the_bot_does_in_every_language(database):
    async with sandbox() as world:
        said = await told(world)
    assert said["description", ""].startswith("Book a time here")
    assert "বুক" in said["description", "bn"]
    assert "বুক" in said["short_description", "bn"]


async def test_words_the_owner_has_chosen_stay(database):
    async with sandbox() as world:
        said = await told(world, before={"description": "The best cuts in town."})
    assert said["description", ""] == "The best cuts in town."


async def test_an_admin_who_has_started_the_bot_has_their_own_commands(database):
    async with sandbox() as world:
        await world.telegram.say(ADMIN, "/start")
        said = await told(world)
    names = [one["command"] for one in said["commands", "chat", str(ADMIN), ""]]
    assert {"start", "today", "booking"} <= set(names)


async def test_who_is_no_admin_any_more_has_the_commands_of_everybody(database):
    gone, moved = 10, 11  # nobody who has moved away is still there to be told
    async with sandbox() as world:
        for admin in (ADMIN, gone):
            await world.telegram.say(admin, "/start")
        said = await told(world, admins=(ADMIN, gone, moved))
        assert ("commands", "chat", str(gone), "") in said
        said = await told(world)
        assert ("commands", "chat", str(gone), "") not in said
        assert ("commands", "chat", str(ADMIN), "") in said
        await told(world)
    taken = [one.params for one in world.telegram.calls if one.method == "deleteMyCommands"]
    assert [one["scope"]["chat_id"] for one in taken] == [gone, moved]
