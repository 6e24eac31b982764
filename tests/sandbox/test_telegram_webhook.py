import asyncio

import pytest
from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.telegram import TelegramSandbox
from sandbox.telegram.webhook import retry_delay
from tests.sandbox.telegram_client import listening, talking


class Hook:
    """A bot's webhook whose answers a test decides."""

    def __init__(self):
        self.seen, self.headers, self.times = [], [], []
        self.answer = lambda _update: web.Response()
        self.app = web.Application()
        self.app.router.add_post("/hook", self.take)

    async def take(self, request):
        update = await request.json()
        self.seen.append(what(update))
        self.headers.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        answer = self.answer(update)
        return await answer if asyncio.iscoroutine(answer) else answer


def what(update):
    return update["message"]["text"] if "message" in update else update["callback_query"]["data"]


async def until(condition):
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come true")


async def refused(telegram):
    """The refusal was answered and its answer taken: only then is the next try planned."""
    for _ in range(1000):
        if "last_error_message" in await telegram.client.ok("getWebhookInfo"):
            return
        await asyncio.sleep(0.005)
    raise AssertionError("nothing was refused")


@pytest.fixture
def clock():
    return SandboxClock()


@pytest.fixture
def hook():
    return Hook()


@pytest.fixture
async def telegram(clock, hook):
    telegram = TelegramSandbox(clock=clock.now)
    async with listening(hook.app) as url, talking(telegram) as client:
        telegram.client, telegram.hook_url = client, f"{url}/hook"
        await client.ok("setWebhook", url=telegram.hook_url, secret_token="s-3cret_")
        yield telegram


async def test_updates_are_posted_in_order_with_the_secret(telegram, hook):
    for number in range(5):
        await telegram.say("Ada", f"m{number}")
    await telegram.settle()
    assert hook.seen == [f"m{number}" for number in range(5)]
    assert set(hook.headers) == {"s-3cret_"}


async def test_a_refused_update_blocks_its_own_queue_only(telegram, hook, clock):
    hook.answer = lambda update: web.Response(status=500 if what(update) == "a1" else 200)
    await telegram.say("Ada", "a1")
    await telegram.say("Ada", "a2")
    await telegram.press("Ada", 1, "press")
    await telegram.say("Bob", "b1")
    await until(lambda: hook.seen.count("a1") == 2)
    await until(lambda: {"press", "b1"} <= set(hook.seen))
    assert "a2" not in hook.seen
    info = await telegram.client.ok("getWebhookInfo")
    assert info["pending_update_count"] == 2
    assert info["last_error_message"] == (
        "Wrong response from the webhook: 500 Internal Server Error"
    )
    hook.answer = lambda _update: web.Response()
    clock.advance(3)
    await telegram.settle()
    assert hook.seen[-2:] == ["a1", "a2"]


async def test_a_press_that_was_refused_too_long_is_lost(telegram, hook, clock):
    hook.answer = lambda _update: web.Response(status=503)
    await telegram.press("Ada", 1, "press")
    await until(lambda: len(hook.seen) == 2)
    hook.answer = lambda _update: web.Response()
    clock.advance(151)
    await telegram.settle()
    assert hook.seen == ["press", "press"]


async def test_retry_after_is_honoured(telegram, hook, clock):
    hook.answer = lambda _update: web.Response(status=503, headers={"Retry-After": "600"})
    await telegram.say("Ada", "hi")
    await refused(telegram)
    hook.answer = lambda _update: web.Response()
    clock.advance(590)
    await asyncio.sleep(0.2)
    assert hook.seen == ["hi"]
    clock.advance(11)
    await telegram.settle()
    assert hook.seen == ["hi", "hi"]


async def test_a_message_and_a_press_of_one_person_may_arrive_at_the_same_time(telegram, hook):
    both = asyncio.Barrier(2)

    async def meet():
        async with asyncio.timeout(3):
            await both.wait()
        return web.Response()

    hook.answer = lambda _update: meet()
    await telegram.say("Ada", "hi")
    await telegram.press("Ada", 1, "press")
    await telegram.settle()
    assert sorted(hook.seen) == ["hi", "press"]


async def test_a_dead_webhook_is_tried_again_when_it_is_back(telegram, hook, clock):
    url = telegram.hook_url
    clock.advance(2)
    await telegram.client.ok("setWebhook", url="http://127.0.0.1:9/hook")
    await telegram.say("Ada", "hi")
    await until(lambda: telegram.server.webhook.last_error == "Connection refused")
    clock.advance(2)
    await telegram.client.ok("setWebhook", url=url)
    clock.advance(130)
    await telegram.settle()
    assert hook.seen == ["hi"]


async def test_setting_the_same_webhook_is_free_and_another_too_soon_is_refused(telegram):
    same = await telegram.client.call("setWebhook", url=telegram.hook_url, secret_token="s-3cret_")
    assert same["description"] == "Webhook is already set"
    other = await telegram.client.call("setWebhook", url=f"{telegram.hook_url}2")
    assert other["error_code"] == 429
    assert other["parameters"] == {"retry_after": 1}
    assert (await telegram.client.call("deleteWebhook"))["description"] == "Webhook was deleted"
    again = await telegram.client.call("setWebhook", url="")
    assert again["description"] == "Webhook is already deleted"


async def test_a_webhook_that_is_gone_for_a_day_is_unset(telegram, hook, clock):
    hook.answer = lambda _update: web.Response(status=410)
    await telegram.say("Ada", "hi")
    await until(lambda: len(hook.seen) == 2)
    clock.advance(23 * 3600 + 1)
    await until(lambda: not telegram.server.webhook.url)


def test_retries_wait_longer_each_time_and_two_minutes_at_most():
    assert [retry_delay(failures) for failures in range(1, 6)] == [0, 2, 4, 8, 16]
    assert all(60 <= retry_delay(failures) <= 120 for failures in range(8, 60))
