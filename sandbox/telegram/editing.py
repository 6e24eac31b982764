"""The methods that change what is in a chat already."""

from sandbox.telegram import transcript
from sandbox.telegram.entities import Text, read_caption, read_text
from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.fields import Json
from sandbox.telegram.keyboards import read_markup
from sandbox.telegram.messages import BOT, MEDIA, Message
from sandbox.telegram.params import Params
from sandbox.telegram.sending import check_length, read_preview
from sandbox.telegram.server import Server

DELETABLE_SECONDS = 48 * 3600
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)


def _find(server: Server, params: Params, purpose: str, *, writing: bool = False) -> Message:
    chat = server.chat_of(params, writing=writing)
    if params.integer("message_id") <= 0:
        raise bad_request("message identifier is not specified")
    message = server.message(chat.id, params.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {purpose} not found")
    return message


def _find_own(server: Server, params: Params) -> Message:
    """Find a message the bot may edit: its own, with an inline keyboard or none."""
    if params.text("inline_message_id"):
        raise bad_request("MESSAGE_ID_INVALID")
    message = _find(server, params, "edit", writing=True)
    foreign_keyboard = message.markup is not None and "inline_keyboard" not in message.markup
    if message.sender != BOT or foreign_keyboard:
        raise bad_request("message can't be edited")
    return message


def _apply(server: Server, message: Message, text: Text, markup: Json | None) -> Json:
    message.remember()
    message.text, message.markup = text, markup
    message.edit_date = server.clock()
    return server.shown(message)


def edit_text(server: Server, params: Params) -> object:
    """Change a text and its keyboard (editMessageText)."""
    if not params.text("text"):
        raise bad_request("message text is empty")
    text = read_text(params, "text", "entities", server.clock())
    preview = read_preview(params)
    markup = read_markup(params, inline_only=True)
    message = _find_own(server, params)
    if message.kind != "text":
        raise bad_request("there is no text in the message to edit")
    check_length(text)
    same_preview = message.options.get("link_preview_options") == preview
    if (message.text, message.markup) == (text, markup) and same_preview:
        raise bad_request(NOT_MODIFIED)
    message.options.pop("link_preview_options", None)
    if preview:
        message.options["link_preview_options"] = preview
    shown = _apply(server, message, text, markup)
    server.note(message.chat_id, transcript.edited(message))
    return shown


def edit_caption(server: Server, params: Params) -> object:
    """Change a caption and the keyboard under it (editMessageCaption)."""
    caption = read_caption(params, server.clock())
    markup = read_markup(params, inline_only=True)
    message = _find_own(server, params)
    if message.kind not in MEDIA:
        raise bad_request("there is no caption in the message to edit")
    if (message.text, message.markup) == (caption, markup):
        raise bad_request(NOT_MODIFIED)
    shown = _apply(server, message, caption, markup)
    server.note(message.chat_id, transcript.edited(message))
    return shown


def edit_markup(server: Server, params: Params) -> object:
    """Change or remove the keyboard (editMessageReplyMarkup)."""
    markup = read_markup(params, inline_only=True)
    message = _find_own(server, params)
    if message.markup == markup:
        raise bad_request(NOT_MODIFIED)
    shown = _apply(server, message, message.text, markup)
    server.note(message.chat_id, transcript.unbuttoned(message))
    return shown


def _delete(server: Server, message: Message) -> None:
    if server.clock() - message.date > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    whose = "a message" if message.sender == BOT else f"{server.name_of(message.sender)}'s message"
    server.note(message.chat_id, f"bot deletes {whose}")


def delete_message(server: Server, params: Params) -> object:
    """Delete a message younger than 48 hours (deleteMessage)."""
    _delete(server, _find(server, params, "delete"))
    return True


def delete_messages(server: Server, params: Params) -> object:
    """Delete up to 100 messages, skipping those that are gone (deleteMessages)."""
    chat = server.chat_of(params)
    ids = params.json("message_ids", "message identifiers")
    if not isinstance(ids, list) or not ids:
        raise bad_request("message identifiers are not specified")
    for message_id in ids:
        message = server.message(chat.id, int(message_id))
        if message is not None:
            try:
                _delete(server, message)
            except ApiError:
                continue
    return True


def pin_message(server: Server, params: Params) -> object:
    """Pin a message (pinChatMessage)."""
    message = _find(server, params, "pin", writing=True)
    message.pinned = True
    server.note(message.chat_id, "bot pins a message")
    return True


def unpin_message(server: Server, params: Params) -> object:
    """Unpin a message, or the newest pinned one (unpinChatMessage)."""
    chat = server.chat_of(params, writing=True)
    pinned = [message for message in server.messages(chat.id) if message.pinned]
    if params.integer("message_id"):
        pinned = [message for message in pinned if message.id == params.integer("message_id")]
    if not pinned:
        raise bad_request("message to unpin not found")
    pinned[-1].pinned = False
    return True
