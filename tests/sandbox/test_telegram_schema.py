import pytest

from sandbox.telegram import TelegramSandbox
from tests.sandbox.telegram_client import PNG, talking
from tests.sandbox.telegram_schema import check_call, check_update

GOOD = {"chat_id": "5", "text": "hi", "disable_notification": "true"}
KEYBOARD = {"inline_keyboard": [[{"text": "A", "callback_data": "x", "style": "primary"}]]}


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("sendMessage", GOOD),
        ("sendMessage", {**GOOD, "reply_markup": KEYBOARD}),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "ok"}),
        ("setMyCommands", {"commands": [{"command": "book", "description": "Book"}]}),
    ],
)
def test_the_schema_accepts_a_right_call(method, params):
    assert check_call(method, params) == []


@pytest.mark.parametrize(
    ("method", "params", "word"),
    [
        ("sendMassage", {}, "does not exist"),
        ("sendMessage", {"chat_id": 5}, "text"),
        ("sendMessage", {**GOOD, "txt": 1}, "txt does not exist"),
        ("sendMessage", {**GOOD, "entities": [{"type": "bold"}]}, "offset"),
        (
            "sendMessage",
            {**GOOD, "reply_markup": {"inline_keyboard": [[{"text": "A", "colour": "red"}]]}},
            "colour does not exist",
        ),
        ("editMessageText", {"text": "x", "message_id": "abc"}, "message_id"),
    ],
)
def test_the_schema_says_what_is_wrong_with_a_call(method, params, word):
    assert any(word in problem for problem in check_call(method, params))


async def test_every_kind_of_update_of_the_sandbox_fits_the_schema():
    telegram = TelegramSandbox()
    async with talking(telegram) as client:
        await telegram.start("Ada", "book")
        ada = telegram.person("Ada", username="ada").id
        await client.ok("sendMessage", chat_id=ada, text="*", reply_markup=KEYBOARD)
        await telegram.tap("Ada", "A")
        sent = await client.upload(
            "sendDocument", "document", PNG, "a.png", chat_id=ada, caption="x"
        )
        await telegram.press("Ada", sent["message_id"], "x")
        await telegram.press("Ada", 1, "gone")
        await telegram.share_contact("Ada")
        telegram.group(-1001234, "Admins")
        await telegram.say("Ada", "/today@shop_bot https://a.example", chat=-1001234)
        await telegram.block("Ada")
        await telegram.unblock("Ada")
        updates = await client.ok("getUpdates")
    assert len(updates) == 8
    assert [problem for update in updates for problem in check_update(update)] == []
    assert check_update({"update_id": 1, "message": {"message_id": "x"}}) != []
