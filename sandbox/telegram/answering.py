"""Answers to pressed buttons."""

from sandbox.telegram.errors import bad_request
from sandbox.telegram.params import Params
from sandbox.telegram.server import Server

MAX_ANSWER = 200
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def answer_callback_query(server: Server, params: Params) -> object:
    """Stop the spinner of a pressed button, perhaps with a toast (answerCallbackQuery)."""
    press = server.presses.get(params.text("callback_query_id"))
    text = params.text("text")
    if len(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    if press is None or server.clock() - press.at > server.answer_seconds:
        raise bad_request(TOO_OLD)
    url = params.text("url")
    if url and not url.startswith((f"https://t.me/{server.username}?start=", "tg://")):
        raise bad_request("URL_INVALID")
    press.answers.append(text)
    press.answered.set()
    press.is_alert = press.is_alert or params.flag("show_alert")
    if text:
        server.toasts.setdefault(press.user_id, []).append(text)
        kind = "alerts" if params.flag("show_alert") else "answers"
        server.note(press.user_id, f"bot {kind}: {text}")
    return True
