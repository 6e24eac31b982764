"""Updates of any shape through the real intake: nothing breaks, and everybody is answered."""

import asyncio
import io
import os
from contextlib import contextmanager
from itertools import count

import aiohttp
import pytest

from bot import logs
from db.fields import unseal_json
from db.transactions import rows
from sandbox.telegram.updates import Update
from tests.crowd import newest_buttons, until
from tests.engines import second_connection
from tests.journeys.conftest import running_shop
from tests.journeys.test_conversation import ADA, to_summary
from tests.malformed import Mutator, written
from tests.process import TELEGRAM_SECRET
from tests.simulation.world import _log_as_before

UPDATES = int(os.environ.get("BOOKING_BOT_TEST_UPDATES", "400")) // 2
EVERY = 40
MALLORY = 666
AT_ONCE = 20
NUMBERS = count(900_000_000)


class Wrong(Update):
    """An update whose JSON is not what it should be."""

    def as_api(self):
        return self.body


@contextmanager
def heard():
    """What is logged as a warning or worse."""
    restore, log = _log_as_before(), io.StringIO()
    try:
        logs.configure(level="warning", stream=log)
        yield log
    finally:
        restore()


async def real_updates(shop) -> list[dict]:
    """What Mallory's phone really sends, as it was taken in."""
    await to_summary(shop, MALLORY)
    await shop.taps(MALLORY, "^Confirm")
    await shop.says(MALLORY, "/bookings")
    await shop.telegram.block(MALLORY)
    await shop.telegram.unblock(MALLORY)
    await shop.settle()
    found = await rows("SELECT payload FROM job WHERE kind = 'update' ORDER BY id")
    updates = [unseal_json(row["payload"]) for row in found]
    assert {name for one in updates for name in one} >= {"message", "callback_query"}
    return [{k: v for k, v in one.items() if k != "trace"} for one in updates]


async def by_webhook(shop, updates) -> None:
    headers = {"X-Telegram-Bot-Api-Secret-Token": TELEGRAM_SECRET}

    async def post(http, update) -> None:
        address = f"{shop.bot.url}/webhooks/telegram"
        async with http.post(address, data=written(update), headers=headers) as answer:
            assert answer.status == 200, update

    async with aiohttp.ClientSession() as http:
        for first in range(0, len(updates), AT_ONCE):
            await asyncio.gather(*(post(http, one) for one in updates[first : first + AT_ONCE]))


async def by_polling(shop, updates) -> None:
    inbox = shop.telegram.server.inbox
    # Telegram numbers each update: without a number behind it, a nameless one cannot be confirmed
    for update in [*updates, {"update_id": 0}]:
        number = next(NUMBERS)
        if isinstance(update, dict) and isinstance(update.get("update_id"), int):
            update["update_id"] = number
        inbox.waiting.append(Wrong(number, "message", update, "", float("inf")))
    inbox.changed.notify()
    await until(lambda: not inbox.waiting, within=60, what="the offset moved past all of them")


WAYS = {"webhook": by_webhook, "polling": by_polling}


@pytest.mark.family("R24")
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("receive", WAYS)
async def test_updates_of_any_shape_break_nothing_and_everybody_is_answered(
    tmp_path, database_url, receive, record_property
):
    async with running_shop(tmp_path, database_url, receive=receive) as shop:
        mutator = Mutator(await real_updates(shop), seed=7)
        with heard() as log:
            for done in range(0, UPDATES, EVERY):
                wrong = [mutator.draw(next(NUMBERS)) for _ in range(min(EVERY, UPDATES - done))]
                await WAYS[receive](shop, wrong)
                await shop.app.settle()
                said = log.getvalue()
                assert "Traceback" not in said, said[-6000:]
                assert "given up" not in said, said[-6000:]
            await to_summary(shop, ADA, "^13:00")
            assert "Confirm" in newest_buttons(shop.world, ADA)
            before = len(shop.telegram.chat(MALLORY))
            await shop.says(MALLORY, "/help")
            assert len(shop.telegram.chat(MALLORY)) > before
            assert "Traceback" not in log.getvalue()
        async with second_connection(database_url) as other:
            waiting = (
                "SELECT key, last_error FROM job WHERE kind = 'update'"
                " AND (done_at IS NULL OR dead_at IS NOT NULL)"
            )
            assert await other.rows(waiting) == []
        record_property("runs", UPDATES)
