"""An update is stored before Telegram is told that it arrived."""

import asyncio

import aiohttp
import pytest

from bot import web as server
from bot.bot_api import BotApi
from bot.clock import SystemClock
from bot.hook import HEADER, Hook
from bot.receiver import Poller, match_reception
from bot.telegram_request import Transport
from bot.updates import Unreadable, as_job
from db.transactions import rows, run
from tests.process import sandbox

ADA = 77


def message(number, chat=ADA, **more):
    part = {"message_id": 1, "chat": {"id": chat}, "from": {"id": chat}} | more
    return {"update_id": number, "message": part}


def press(number, user=ADA):
    shown = {"message_id": 1, "chat": {"id": user}, "reply_markup": {"inline_keyboard": []}}
    query = {"id": "q", "from": {"id": user}, "data": "x", "message": shown}
    return {"update_id": number, "callback_query": query}


async def stored():
    return [row["key"] for row in await rows("SELECT key FROM job ORDER BY id")]


def test_a_message_and_a_press_of_one_person_share_a_lane():
    assert as_job(message(1)).lane == as_job(press(2)).lane == f"in:{ADA}"
    assert as_job(message(3, chat=-100)).lane == "in:-100"


def test_the_pressed_keyboard_is_left_out():
    query = as_job(press(1)).payload["callback_query"]
    assert "reply_markup" not in query["message"]
    assert query["message"]["message_id"] == 1


def test_kinds_nobody_asked_for_are_no_jobs():
    assert as_job({"update_id": 1, "poll": {"id": "1"}}) is None


@pytest.mark.parametrize(
    "update", [None, [], "x", {}, {"update_id": "1"}, {"update_id": 1, "message": {}}]
)
def test_what_is_no_update_is_said_to_be_unreadable(update):
    with pytest.raises(Unreadable):
        as_job(update)


@pytest.fixture
def counts():
    """What each update was counted as."""
    return []


@pytest.fixture
async def hook(database, counts):
    app = server.application(https=False)
    receive = Hook("right", [], SystemClock(), counts.append).receive
    app.router.add_post("/webhooks/telegram", receive)
    async with server.WebServer(app, host="127.0.0.1", port=0) as running:
        url = f"http://127.0.0.1:{running.port}/webhooks/telegram"
        async with aiohttp.ClientSession() as http:

            async def post(update, secret="right", **more):
                headers = {HEADER: secret} if secret is not None else {}
                body = more or {"json": update}
                async with http.post(url, headers=headers, **body) as answer:
                    return answer.status

            yield post


async def test_a_webhook_update_is_stored_once(hook):
    assert await hook(message(1)) == 200
    assert await hook(message(1)) == 200
    assert await stored() == ["upd:1"]


@pytest.mark.parametrize("secret", [None, "", "wrong", "righ", "rightt", "Right"])
async def test_strangers_are_refused(hook, secret):
    assert await hook(message(1), secret) == 403
    assert await stored() == []


async def test_an_unreadable_update_does_not_hold_up_the_chat_behind_it(hook):
    assert await hook(None, data=b"\xff") == 200
    assert await hook(None, data=b"[" * 100_000) == 200
    assert await hook({"update_id": 1, "message": {"chat": 3}}) == 200
    assert await hook(message(2)) == 200
    assert await stored() == ["upd:2"]


async def test_too_large_a_body_is_refused(hook):
    assert await hook(None, data=b"x" * (server.BODY_LIMIT + 1)) == 413


async def test_what_cannot_be_stored_is_sent_again_by_telegram(hook):
    await run("ALTER TABLE job RENAME TO gone")
    assert await hook(message(1)) == 503
    await run("ALTER TABLE gone RENAME TO job")
    assert await hook(message(1)) == 200


async def test_each_update_is_counted_as_what_it_was(hook, counts):
    for update in (message(1), message(1), {"update_id": 2, "poll": {}}, {"update_id": 3}):
        await hook(update)
    await hook({"update_id": 4, "message": {"chat": 3}})
    await hook(message(5), "wrong")
    await run("ALTER TABLE job RENAME TO gone")
    await hook(message(6))
    await run("ALTER TABLE gone RENAME TO job")
    came = ["accepted", "duplicate", "foreign", "foreign", "unreadable", "refused", "not_stored"]
    assert counts == came


@pytest.fixture
async def polling(database):
    async with sandbox() as world, Transport() as transport:
        api = BotApi(transport, token=world.telegram.token, api_url=world.telegram_url)
        yield world, api


async def test_polled_updates_are_stored(polling):
    world, api = polling
    await world.telegram.say(ADA, "one")
    await world.telegram.say(ADA, "two")
    poller = Poller(api, SystemClock())
    await poller.poll()
    assert len(await stored()) == 2


async def test_the_offset_moves_only_after_the_commit(polling):
    world, api = polling
    await world.telegram.say(ADA, "precious")
    poller = Poller(api, SystemClock())
    await run("ALTER TABLE job RENAME TO gone")
    with pytest.raises(Exception, match="job"):
        await poller.poll()
    await run("ALTER TABLE gone RENAME TO job")
    await poller.poll()
    assert len(await stored()) == 1


async def test_an_update_given_again_after_a_restart_is_known(polling, counts):
    world, api = polling
    await world.telegram.say(ADA, "once")
    await Poller(api, SystemClock(), counts.append).poll()
    await Poller(api, SystemClock(), counts.append).poll()
    assert len(await stored()) == 1
    assert counts == ["accepted", "duplicate"]


async def test_polling_survives_telegram_being_away(polling):
    world, api = polling
    world.telegram.faults.add(match="getUpdates", kind="502", times=2)
    await world.telegram.say(ADA, "patience")
    task = asyncio.ensure_future(Poller(api, SystemClock()).run())
    async with asyncio.timeout(10):
        while True:
            await asyncio.sleep(0.05)
            if await stored():
                break
    task.cancel()


async def test_the_webhook_is_set_and_deleted_to_match(polling):
    _world, api = polling
    url = "http://127.0.0.1:8080/webhooks/telegram"
    await match_reception(api, hook_url=url, secret="s")
    assert (await api.call("getWebhookInfo"))["url"] == url
    await match_reception(api, hook_url=None, secret="s")
    assert (await api.call("getWebhookInfo"))["url"] == ""
