import pytest

from tests.sandbox.telegram_schema import check_call

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
