"""Wrong calls and the answers Telegram gives to them.

`source` says how sure a text is: `live` was seen from api.telegram.org (measured by others, in its
errors.json, or in published reports), `server` is read in the source of the server or of tdlib,
`ours` marks strictness of the sandbox or a wording nobody could check.
In the parameters `$text`, `$photo`, `$reply`, `$user` stand for messages made before each call.
"""

from tests.sandbox.telegram_wrong import (
    ADA,
    BAD,
    BLOCKER,
    EDIT,
    GHOST,
    NOBODY,
    NOT_MODIFIED,
    SAY,
    SHY,
    TO_ADA,
    TOO_OLD,
    Wrong,
    say,
)
from tests.sandbox.telegram_wrong_keyboards import KEYBOARDS
from tests.sandbox.telegram_wrong_texts import TEXTS


def preview(value: dict, description: str) -> Wrong:
    return Wrong("sendMessage", {**SAY, "link_preview_options": value}, description)


CHATS = [
    Wrong("sendMessage", {"text": "x"}, BAD + "chat_id is empty"),
    say({"chat_id": ""}, BAD + "chat_id is empty"),
    say({"chat_id": 0}, BAD + "chat not found"),
    say({"chat_id": -1}, BAD + "chat not found"),
    say({"chat_id": "@nobody_of_that_name"}, BAD + "chat not found"),
    say({"chat_id": NOBODY}, BAD + "chat not found"),
    say({"chat_id": SHY}, "Forbidden: bot can't initiate conversation with a user", 403),
    say({"chat_id": BLOCKER}, "Forbidden: bot was blocked by the user", 403),
    say({"chat_id": GHOST}, "Forbidden: user is deactivated", 403),
    say({"message_thread_id": 99}, BAD + "message thread not found"),
    say({"business_connection_id": "x"}, BAD + "business connection not found"),
    say({"allow_paid_broadcast": True}, BAD + "FLOODSKIP_NOT_ALLOWED"),
    say({"message_effect_id": "9999999999999999999"}, BAD + "EFFECT_ID_INVALID"),
    say({"reply_parameters": {"message_id": 77}}, BAD + "message to be replied not found"),
    say({"reply_parameters": {"quote": "x"}}, BAD + 'can\'t find field "message_id"'),
    preview({"url": "not-a-url"}, BAD + "WEBPAGE_URL_INVALID"),
    preview({"is_disabled": "yes"}, BAD + 'field "is_disabled" must be of type Boolean'),
    say({"txt": 1}, BAD + 'strict sandbox: unknown parameter "txt" of sendMessage', source="ours"),
    Wrong("sendMassage", SAY, "Not Found", 404),
]

EDITS = [
    Wrong("editMessageText", {**EDIT, "text": "first"}, BAD + NOT_MODIFIED),
    Wrong("editMessageText", {**EDIT, "text": " first\n"}, BAD + NOT_MODIFIED, source="server"),
    Wrong("editMessageText", {**EDIT, "message_id": 77}, BAD + "message to edit not found"),
    Wrong(
        "editMessageText",
        {"chat_id": ADA, "text": "x"},
        BAD + "message identifier is not specified",
    ),
    Wrong("editMessageText", {**EDIT, "message_id": "$user"}, BAD + "message can't be edited"),
    Wrong("editMessageText", {**EDIT, "message_id": "$reply"}, BAD + "message can't be edited"),
    Wrong(
        "editMessageText",
        {**EDIT, "message_id": "$photo"},
        BAD + "there is no text in the message to edit",
    ),
    Wrong(
        "editMessageCaption",
        {"chat_id": ADA, "message_id": "$text", "caption": "x"},
        BAD + "there is no caption in the message to edit",
    ),
    Wrong(
        "editMessageCaption",
        {"chat_id": ADA, "message_id": "$photo", "caption": "x" * 1025},
        BAD + "message caption is too long",
    ),
    Wrong(
        "editMessageText",
        {**EDIT, "reply_markup": {"remove_keyboard": True}},
        BAD + "inline keyboard expected",
        source="server",
    ),
    Wrong(
        "editMessageReplyMarkup",
        {"chat_id": ADA, "message_id": "$text"},
        BAD + NOT_MODIFIED,
    ),
    Wrong(
        "editMessageText",
        {**EDIT, "chat_id": BLOCKER},
        "Forbidden: bot was blocked by the user",
        403,
    ),
    Wrong("deleteMessage", {"chat_id": ADA, "message_id": 77}, BAD + "message to delete not found"),
    Wrong("pinChatMessage", {"chat_id": ADA, "message_id": 77}, BAD + "message to pin not found"),
    Wrong("unpinChatMessage", TO_ADA, BAD + "message to unpin not found"),
    Wrong("answerCallbackQuery", {}, BAD + TOO_OLD),
    Wrong("answerCallbackQuery", {"callback_query_id": "123"}, BAD + TOO_OLD),
    Wrong(
        "answerCallbackQuery",
        {"callback_query_id": "123", "text": "x" * 201},
        BAD + "MESSAGE_TOO_LONG",
    ),
]

MEDIA = [
    Wrong("sendDocument", TO_ADA, BAD + "there is no document in the request", source="server"),
    Wrong("sendPhoto", TO_ADA, BAD + "there is no photo in the request", source="server"),
    Wrong(
        "sendPhoto",
        {**TO_ADA, "photo": "nonsense"},
        BAD + "wrong file identifier/HTTP URL specified",
    ),
    Wrong("sendVenue", TO_ADA, BAD + "latitude is empty", source="server"),
    Wrong("sendVenue", {**TO_ADA, "latitude": 1}, BAD + "longitude is empty", source="server"),
    Wrong(
        "sendChatAction",
        {**TO_ADA, "action": "dance"},
        BAD + "wrong parameter action in request",
    ),
    Wrong("getFile", {"file_id": "x"}, BAD + "invalid file_id"),
]

SETTINGS = [
    Wrong(
        "setMyCommands",
        {"commands": [{"command": "Book!", "description": "x"}]},
        BAD + "BOT_COMMAND_INVALID",
    ),
    Wrong(
        "setMyCommands",
        {"commands": [{"command": "x" * 33, "description": "x"}]},
        BAD + "BOT_COMMAND_INVALID",
    ),
    Wrong(
        "setMyCommands",
        {"commands": [{"command": "x", "description": ""}]},
        BAD + "BOT_COMMAND_DESCRIPTION_INVALID",
    ),
    Wrong(
        "setMyCommands",
        {"commands": [{"command": "x"}]},
        BAD + "can't parse BotCommand: Can't find field \"description\"",
        source="server",
    ),
    Wrong("setMyCommands", {}, BAD + "expected an Array of BotCommand", source="server"),
    Wrong(
        "setMyCommands",
        {"commands": [], "scope": {"type": "world"}},
        BAD + "can't parse BotCommandScope: Unsupported type specified",
        source="server",
    ),
    Wrong(
        "setMyCommands",
        {"commands": [], "scope": {"type": "chat", "chat_id": NOBODY}},
        BAD + "chat not found",
    ),
    Wrong(
        "setMyCommands",
        {"commands": [], "language_code": "english"},
        BAD + "LANG_CODE_INVALID",
        source="ours",
    ),
    Wrong(
        "setChatMenuButton",
        {"menu_button": {"type": "web_app", "text": "x", "web_app": {"url": "http://x.y"}}},
        BAD + "menu button Web App URL 'http://x.y' is invalid: Only HTTPS links are allowed",
        source="server",
    ),
    Wrong(
        "setMyDescription",
        {"description": "x" * 513},
        BAD + "strict sandbox: description is longer than 512",
        source="ours",
    ),
    Wrong(
        "setWebhook",
        {"url": "http://example.com/hook"},
        BAD + "bad webhook: An HTTPS URL must be provided for webhook",
    ),
    Wrong(
        "setWebhook",
        {"url": "https://example.com:1234/hook"},
        BAD + "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
    ),
    Wrong(
        "setWebhook",
        {"url": "https://example.com/hook", "secret_token": "x" * 257},
        BAD + "secret token is too long",
        source="server",
    ),
    Wrong(
        "setWebhook",
        {"url": "https://example.com/hook", "secret_token": "not base64url!"},
        BAD + "secret token contains unallowed characters",
        source="server",
    ),
]

WRONG_CALLS = [*TEXTS, *CHATS, *KEYBOARDS, *EDITS, *MEDIA, *SETTINGS]
