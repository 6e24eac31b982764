import asyncio
import time

import aiohttp
import pytest

from sandbox.clock import SandboxClock
from sandbox.telegram import SandboxError, TelegramSandbox
from tests.sandbox.telegram_client import talking


@pytest.fixture
def clock():
    return SandboxClock(1_790_000_000)


@pytest.fixture
async def client(telegram):
    async with talking(telegram) as client:
        await telegram.say(7, "hi")
        yield client


@pytest.fixture
def telegram(clock):
    return TelegramSandbox(clock=clock.now, limits=True)


def sent(telegram):
    return [message["text"] for message in telegram.chat(7)[1:]]


@pytest.mark.parametrize(
    ("kind", "code", "description"),
    [
        ("429:30", 429, "Too Many Requests: retry after 30"),
        ("403", 403, "Forbidden: bot was blocked by the user"),
        ("500", 500, "Internal Server Error"),
        ("502", 502, "Bad Gateway"),
        ("400:chat not found", 400, "Bad Request: chat not found"),
        ("401", 401, "Unauthorized"),
        ("403:user is deactivated", 403, "Forbidden: user is deactivated"),
        ("404", 404, "Not Found"),
    ],
)
async def test_a_refusing_fault_does_nothing_and_ends(telegram, client, kind, code, description):
    telegram.faults.add(match="^send", kind=kind, times=2)
    for _ in range(2):
        body = await client.call("sendMessage", chat_id=7, text="x")
        assert (body["error_code"], body["description"]) == (code, description)
    assert sent(telegram) == []
    await client.ok("sendMessage", chat_id=7, text="x")


@pytest.mark.parametrize("kind", ["lost", "cut"])
async def test_a_lost_answer_means_that_it_was_done(telegram, client, kind):
    telegram.faults.add(match="sendMessage", kind=kind)
    with pytest.raises(aiohttp.ClientError):
        await client.ok("sendMessage", chat_id=7, text="x")
    assert sent(telegram) == ["x"]


async def test_a_silent_call_is_done_and_a_chat_can_be_chosen(telegram, client):
    telegram.faults.add(match="sendMessage 8$", kind="500")
    telegram.faults.add(match="sendMessage 7$", kind="silent")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.ok("sendMessage", chat_id=7, text="x"), 0.2)
    assert sent(telegram) == ["x"]


async def test_a_timeout_does_nothing_and_a_slow_call_is_done_late(telegram, client):
    telegram.faults.add(match="sendMessage", kind="timeout")
    telegram.faults.add(match="sendMessage", kind="slow:0.2")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.ok("sendMessage", chat_id=7, text="x"), 0.1)
    began = time.monotonic()
    await client.ok("sendMessage", chat_id=7, text="y")
    assert time.monotonic() - began >= 0.2
    assert sent(telegram) == ["y"]


@pytest.mark.parametrize(
    "plan",
    [
        {"match": "send", "kind": "explode"},
        {"match": "send", "kind": "500:1"},
        {"match": "send", "kind": "400"},
        {"match": "(", "kind": "500"},
        {"match": "send", "kind": "slow:x"},
        {"match": "send", "kind": "500", "times": 0},
    ],
)
def test_a_fault_that_cannot_be_planned_is_refused(telegram, plan):
    with pytest.raises(SandboxError):
        telegram.faults.add(**plan)


async def test_a_chat_takes_a_short_burst_and_then_one_message_a_second(telegram, client, clock):
    answers = [await client.call("sendMessage", chat_id=7, text=f"{n}") for n in range(7)]
    refused = [answer for answer in answers if not answer["ok"]]
    assert [answer["parameters"]["retry_after"] for answer in refused] == [1, 1]
    clock.advance(1)
    await client.ok("sendMessage", chat_id=7, text="later")


async def test_all_chats_together_take_thirty_messages_a_second(telegram, client):
    for user in range(1000, 1040):
        await telegram.say(user, "hi")
    answers = [await client.call("sendMessage", chat_id=n, text="x") for n in range(1000, 1040)]
    assert 30 <= sum(answer["ok"] for answer in answers) < 40


async def test_a_group_takes_twenty_messages_a_minute(telegram, client, clock):
    telegram.group(-100200300, "Admins")
    answers = []
    for number in range(25):
        answers.append(await client.call("sendMessage", chat_id=-100200300, text=f"{number}"))
        clock.advance(0.1)
    assert sum(answer["ok"] for answer in answers) == 20
    assert telegram.transcript(-100200300).startswith("bot: 0\nbot: 1")
