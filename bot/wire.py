"""An outgoing message as a call of the Bot API: method and parameters, ready to be sent."""

from dataclasses import dataclass
from typing import Any

from bot.bot_api import Upload
from handlers.outgoing import Button, Outgoing

Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the Bot API."""

    method: str
    params: Params
    upload: Upload | None = None


def sending(message: Outgoing) -> Call:
    """Return the call that sends the message anew."""
    params: Params = {"chat_id": message.chat_id, "parse_mode": "HTML"}
    if message.silent:
        params["disable_notification"] = True
    if markup := _markup(message):
        params["reply_markup"] = markup
    if message.document:
        name, content = message.document
        upload = Upload("document", name, content)
        return Call("sendDocument", params | _caption(message), upload)
    if message.photo:
        upload = Upload("photo", "photo.png", message.photo)
        return Call("sendPhoto", params | _caption(message), upload)
    return Call("sendMessage", params | _text(message))


def editing(message: Outgoing) -> Call:
    """Return the call that rewrites the message; buttons it has no more go away."""
    params = {"chat_id": message.chat_id, "message_id": message.message_id, "parse_mode": "HTML"}
    markup = {"inline_keyboard": _inline(message)}
    return Call("editMessageText", params | _text(message) | {"reply_markup": markup})


def stripping(chat_id: int, message_id: int) -> Call:
    """Return the call that takes the buttons off an older message."""
    return Call("editMessageReplyMarkup", {"chat_id": chat_id, "message_id": message_id})


def _text(message: Outgoing) -> Params:
    return {"text": message.text, "link_preview_options": _preview(message.link_preview)}


def _preview(url: str | None) -> Params:
    if url is None:
        return {"is_disabled": True}
    return {"url": url, "prefer_large_media": True, "show_above_text": True}


def _caption(message: Outgoing) -> Params:
    return {"caption": message.caption} if message.caption else {}


def _markup(message: Outgoing) -> Params | None:
    if message.rows:
        return {"inline_keyboard": _inline(message)}
    if message.reply_rows:
        rows = [
            [
                {"text": button.text} | ({"request_contact": True} if button.contact else {})
                for button in row
            ]
            for row in message.reply_rows
        ]
        return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}
    return {"remove_keyboard": True} if message.remove_keyboard else None


def _inline(message: Outgoing) -> list[list[Params]]:
    return [[_button(button) for button in row] for row in message.rows]


def _button(button: Button) -> Params:
    shown: Params = {"text": button.text}
    if button.data is not None:
        shown["callback_data"] = button.data
    elif button.url is not None:
        shown["url"] = button.url
    elif button.web_app is not None:
        shown["web_app"] = {"url": button.web_app}
    elif button.copy is not None:
        shown["copy_text"] = {"text": button.copy}
    if button.style:
        shown["style"] = button.style.value
    return shown
