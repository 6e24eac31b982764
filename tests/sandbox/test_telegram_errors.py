from collections import Counter

import pytest

from sandbox.telegram import TelegramSandbox
from tests.sandbox.telegram_client import PNG, talking
from tests.sandbox.telegram_wrong import ADA, BLOCKER, GHOST, SHY
from tests.sandbox.telegram_wrong_calls import WRONG_CALLS


@pytest.fixture(scope="module")
def seen():
    return Counter()


async def prepared(telegram, client):
    telegram.person(SHY)
    for user in (ADA, BLOCKER, GHOST):
        await telegram.say(user, "/start")
    await telegram.block(BLOCKER)
    await telegram.deactivate(GHOST)
    keyboard = {"keyboard": [[{"text": "Share", "request_contact": True}]]}
    return {
        "$user": telegram.chat(ADA)[0]["message_id"],
        "$text": (await client.ok("sendMessage", chat_id=ADA, text="first"))["message_id"],
        "$reply": (await client.ok("sendMessage", chat_id=ADA, text="who?", reply_markup=keyboard))[
            "message_id"
        ],
        "$photo": (await client.upload("sendPhoto", "photo", PNG, "a.png", chat_id=ADA))[
            "message_id"
        ],
    }


@pytest.mark.parametrize("wrong", WRONG_CALLS, ids=str)
async def test_a_wrong_call_is_answered_as_telegram_answers_it(wrong):
    telegram = TelegramSandbox()
    async with talking(telegram) as client:
        ids = await prepared(telegram, client)
        params = {
            name: ids.get(value, value) if isinstance(value, str) else value
            for name, value in wrong.params.items()
        }
        before = telegram.chat(ADA)
        body = await client.call(wrong.method, **params)
    assert (body["error_code"], body["description"]) == (wrong.code, wrong.description)
    assert telegram.chat(ADA) == before


def test_the_table_has_at_least_sixty_calls_and_says_where_each_text_is_from():
    assert len(WRONG_CALLS) >= 60
    assert {wrong.source for wrong in WRONG_CALLS} == {"live", "server", "ours"}
