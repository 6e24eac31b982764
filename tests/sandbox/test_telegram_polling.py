import asyncio
import time

import pytest

from sandbox.clock import SandboxClock
from sandbox.telegram import TelegramSandbox
from tests.sandbox.telegram_client import talking


@pytest.fixture
def clock():
    return SandboxClock()


@pytest.fixture
def telegram(clock):
    return TelegramSandbox(clock=clock.now)


@pytest.fixture
async def client(telegram):
    async with talking(telegram) as client:
        yield client


def texts(updates):
    return [update["message"]["text"] for update in updates]


async def test_updates_come_again_until_a_higher_offset_confirms_them(telegram, client):
    for text in ("one", "two", "three"):
        await telegram.say("Ada", text)
    first = await client.ok("getUpdates", limit=2)
    assert texts(first) == ["one", "two"]
    second = await client.ok("getUpdates", offset=first[0]["update_id"] + 1)
    assert texts(second) == ["two", "three"]
    assert await client.ok("getUpdates", offset=second[-1]["update_id"] + 1) == []
    await telegram.settle()


async def test_a_negative_offset_keeps_only_the_newest(telegram, client):
    for text in ("one", "two", "three"):
        await telegram.say("Ada", text)
    assert texts(await client.ok("getUpdates", offset=-1)) == ["three"]


async def test_a_long_poll_answers_as_soon_as_something_happens(telegram, client):
    polling = asyncio.create_task(client.ok("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    began = time.monotonic()
    await telegram.say("Ada", "hi")
    assert texts(await polling) == ["hi"]
    assert time.monotonic() - began < 1


async def test_a_hasty_repeat_of_the_same_offset_gets_one_update(telegram, client):
    for text in ("one", "two"):
        await telegram.say("Ada", text)
    assert len(await client.ok("getUpdates", offset=7)) == 2
    assert len(await client.ok("getUpdates", offset=7)) == 1


async def test_a_second_poller_ends_the_first_with_a_conflict(telegram, client):
    first = asyncio.create_task(client.call("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(client.call("getUpdates", timeout=30, offset=1))
    refused = await first
    assert refused["error_code"] == 409
    assert refused["description"] == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    await client.ok("setWebhook", url="https://shop.example/hook")
    assert (await second)["description"] == "Conflict: terminated by setWebhook request"
    third = await client.call("getUpdates")
    assert third["description"].startswith("Conflict: can't use getUpdates method while webhook")


async def test_a_press_lives_150_seconds_and_a_message_a_day(telegram, client, clock):
    await telegram.say("Ada", "hi")
    await telegram.press("Ada", 1, "x")
    clock.advance(149)
    assert len(await client.ok("getUpdates")) == 2
    clock.advance(2)
    assert texts(await client.ok("getUpdates", offset=1)) == ["hi"]
    clock.advance(86_400)
    assert telegram.server.inbox.alive() == []


async def test_a_press_is_answered_in_time_or_never(telegram, client, clock):
    await telegram.say("Ada", "hi")
    query = await telegram.press("Ada", 1, "forged")
    body = (await client.ok("getUpdates"))[1]["callback_query"]
    assert body["message"] == {"chat": body["message"]["chat"], "message_id": 1, "date": 0}
    assert await client.ok("answerCallbackQuery", callback_query_id=query, text="ok")
    clock.advance(16)
    late = await client.call("answerCallbackQuery", callback_query_id=query)
    assert late["description"].endswith(
        "query is too old and response timeout expired or query ID is invalid"
    )


async def test_only_wanted_kinds_of_updates_are_kept(telegram, client):
    await client.ok("getUpdates", allowed_updates=["callback_query"])
    await telegram.say("Ada", "hi")
    await telegram.press("Ada", 1, "x")
    kinds = [list(update)[1] for update in await client.ok("getUpdates", offset=1)]
    assert kinds == ["callback_query"]


async def test_commands_links_and_addresses_in_what_people_write_are_entities(telegram, client):
    await telegram.say("Ada", "/book ক https://a.example/x, ada@b.example @shop_bot")
    message = (await client.ok("getUpdates"))[0]["message"]
    kinds = [(e["type"], e["offset"], e["length"]) for e in message["entities"]]
    assert kinds == [("bot_command", 0, 5), ("url", 8, 19), ("email", 29, 13), ("mention", 43, 9)]


async def test_a_deleted_message_cannot_be_edited_and_an_old_one_not_deleted(
    telegram, client, clock
):
    await telegram.say(7, "hi")
    sent = (await client.ok("sendMessage", chat_id=7, text="a"))["message_id"]
    await client.ok("deleteMessage", chat_id=7, message_id=sent)
    refused = await client.call("editMessageText", chat_id=7, message_id=sent, text="b")
    assert refused["description"] == "Bad Request: message to edit not found"
    old = (await client.ok("sendMessage", chat_id=7, text="a"))["message_id"]
    clock.advance(48 * 3600 + 1)
    refused = await client.call("deleteMessage", chat_id=7, message_id=old)
    assert refused["description"] == "Bad Request: message can't be deleted for everyone"
    assert await client.ok("deleteMessages", chat_id=7, message_ids=[old, 12345])


async def test_calls_may_come_by_query_form_and_json_and_in_any_case(telegram, client):
    await telegram.say(7, "hi")
    base = f"{client.base}/bot{client.token}"
    async with client.session.get(f"{base}/SENDmessage?chat_id=7&text=q") as answer:
        assert (await answer.json())["result"]["text"] == "q"
    async with client.session.post(
        f"{base}/test/sendMessage", data={"chat_id": "7", "text": "f"}
    ) as answer:
        assert (await answer.json())["result"]["text"] == "f"
    async with client.session.get(f"{client.base}/nothing") as answer:
        assert (answer.status, (await answer.json())["description"]) == (404, "Not Found")
