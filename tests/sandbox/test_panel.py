"""What the page of the demo is told, and what it can do."""

import asyncio
import json
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import aiohttp
import pytest

from sandbox.panel import CAST
from sandbox.world import World, running

ADA, _, MINA, NORA = CAST
WORDS = "<b>Hello</b> Ada"


@pytest.fixture
async def world():
    async with running(World()) as world:
        yield world


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as http:
        yield http


async def call(http, world, method, **params):
    url = f"{world.telegram_url}/bot{world.telegram.token}/{method}"
    async with http.post(url, json=params) as answer:
        body = await answer.json()
        assert body["ok"], body
        return body["result"]


async def act(http, world, what, status=200, **body):
    async with http.post(f"{world.base_url}/sandbox/{what}", json=body) as answer:
        assert answer.status == status, await answer.text()
        return await answer.json()


@asynccontextmanager
async def stream(http, world):
    """Read the stream as the page does: a function that gives the next state."""
    async with http.get(f"{world.base_url}/sandbox/stream") as answer:
        assert answer.content_type == "text/event-stream"

        async def state():
            while not (line := await answer.content.readline()).startswith(b"data: "):
                assert line, "the stream has ended"
            return json.loads(line[6:])

        yield state


async def test_a_page_is_told_everything_first_and_then_what_changes(world, http):
    await world.telegram.say(ADA.id, "/start")
    async with stream(http, world) as state:
        first = await state()
        assert first["full"]
        assert [one["name"] for one in first["people"]] == ["Ada", "Ben", "Mina", "Nora"]
        assert [one["html"] for one in first["messages"]] == ["/start"]
        assert first["stripe"]["sessions"] == []
        await call(http, world, "sendMessage", chat_id=ADA.id, text=WORDS, parse_mode="HTML")
        (said,) = (await state())["messages"]
        assert (said["from"], said["html"], said["chat"]) == ("bot", WORDS, ADA.id)
        edited = {"chat_id": ADA.id, "message_id": said["message_id"], "text": "Bye"}
        await call(http, world, "editMessageText", **edited)
        (said,) = (await state())["messages"]
        assert (said["html"], said["edited"]) == ("Bye", True)


async def test_a_tick_becomes_two_when_the_bot_has_taken_the_message(world, http):
    async with stream(http, world) as state:
        await state()
        await world.telegram.say(ADA.id, "/start")
        assert [one["read"] for one in (await state())["messages"]] == [False]
        (update,) = await call(http, world, "getUpdates")
        await call(http, world, "getUpdates", offset=update["update_id"] + 1)
        assert [one["read"] for one in (await state())["messages"]] == [True]


async def test_people_have_the_commands_of_their_chat_and_language(world, http):
    def listed(name):
        return [{"command": "start", "description": name}]

    await world.telegram.say(NORA.id, "/start")
    await call(http, world, "setMyCommands", commands=listed("Begin"))
    await call(http, world, "setMyCommands", commands=listed("শুরু"), language_code="bn")
    scope = {"type": "chat", "chat_id": NORA.id}
    await call(http, world, "setMyCommands", commands=listed("Boss"), scope=scope)
    await call(http, world, "setMyDescription", description="আমরা", language_code="bn")
    async with stream(http, world) as state:
        people = {one["id"]: one for one in (await state())["people"]}
    said = [people[one.id]["commands"][0]["description"] for one in (ADA, MINA, NORA)]
    assert said == ["Begin", "শুরু", "Boss"]
    assert [people[one.id]["description"] for one in (ADA, MINA)] == ["", "আমরা"]


async def test_a_touched_button_waits_for_its_answer(world, http):
    await world.telegram.say(ADA.id, "/start")
    buttons = [[{"text": "A", "callback_data": "a"}, {"text": "B", "callback_data": "b"}]]
    keyboard = {"inline_keyboard": buttons}
    sent = await call(
        http, world, "sendMessage", chat_id=ADA.id, text="Which?", reply_markup=keyboard
    )
    place = {"user": ADA.id, "message_id": sent["message_id"], "row": 0, "column": 1}

    async def answers():
        while not (found := [u for u in await call(http, world, "getUpdates") if len(u) > 1]):
            pass
        query = next(u["callback_query"] for u in found if "callback_query" in u)
        assert query["data"] == "b"
        params = {"callback_query_id": query["id"], "text": "Done", "show_alert": True}
        await call(http, world, "answerCallbackQuery", **params)

    touched, _ = await asyncio.gather(act(http, world, "touch", **place), answers())
    assert touched == {"kind": "callback", "answered": True, "toast": "Done", "alert": True}
    gone = await act(http, world, "touch", status=400, **{**place, "column": 7})
    assert "not there any more" in gone["error"]


async def test_the_page_and_its_files_have_a_strict_policy_and_nothing_from_elsewhere(world, http):
    async with http.get(f"{world.base_url}/") as answer:
        page = await answer.text()
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "https://" not in page
    assert "style=" not in page
    for address in ("/sandbox/panel/main.js", "/sandbox/panel/base.css", "/favicon.ico"):
        async with http.get(world.base_url + address) as answer:
            assert answer.status == 200
    for address in ("/sandbox/panel/none.js", "/sandbox/panel/..%2froutes.py"):
        async with http.get(world.base_url + address) as answer:
            assert answer.status == 404


async def test_the_page_of_localhost_is_that_of_the_number(world, http):
    port = world.base_url.rpartition(":")[2]
    there = {"Host": f"localhost:{port}"}
    async with http.get(f"{world.base_url}/", headers=there, allow_redirects=False) as answer:
        assert answer.headers["Location"] == f"http://127.0.0.1:{port}/"


async def test_a_page_of_another_site_can_do_nothing_here(world, http):
    url = f"{world.base_url}/sandbox/say"
    for origin in ("https://evil.example", "null"):
        said = {"user": ADA.id, "text": "/start"}
        async with http.post(url, json=said, headers={"Origin": origin}) as answer:
            assert answer.status == 403
    evil = f"evil.example:{urlsplit(world.base_url).port}"
    named = {"Host": evil, "Origin": f"http://{evil}"}
    async with http.post(url, json=said, headers=named) as answer:
        assert answer.status == 403
    async with http.get(f"{world.base_url}/sandbox/ledger", headers=named) as answer:
        assert answer.status == 403
    assert not world.telegram.chat(ADA.id)
    async with http.post(url, json=said, headers={"Origin": world.base_url}) as answer:
        assert answer.status == 200


async def test_a_link_into_the_dashboard_leads_to_what_it_is_about(world, http):
    for link, there in (("test/disputes/du_1", "#dashboard/du_1"), ("", "")):
        address = f"{world.dashboard}/{link}"
        async with http.get(address, allow_redirects=False) as answer:
            assert answer.headers["Location"] == f"{world.base_url}/{there}"


async def test_documents_are_downloaded_and_never_run(world, http):
    await world.telegram.say(ADA.id, "/start")
    form = aiohttp.FormData({"chat_id": str(ADA.id)})
    form.add_field("document", b"<script>", filename='a".html', content_type="text/html")
    url = f"{world.telegram_url}/bot{world.telegram.token}/sendDocument"
    async with http.post(url, data=form) as answer:
        sent = (await answer.json())["result"]
    file = f"{world.base_url}/sandbox/file/{ADA.id}/{sent['message_id']}"
    async with http.get(file) as answer:
        assert await answer.read() == b"<script>"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"] == 'attachment; filename="a%22.html"'
    async with http.get(f"{world.base_url}/sandbox/file/{ADA.id}/1") as answer:
        assert answer.status == 404
