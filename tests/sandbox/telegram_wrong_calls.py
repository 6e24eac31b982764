"""Wrong calls and the answers Telegram gives to them.

`source` says how sure a text is: `live` was measured against api.telegram.org (or is in its
errors.json), `server` is read in the server's source, `ours` marks strictness of the sandbox
or a wording nobody could check.
In the parameters `$text`, `$photo`, `$reply`, `$user` stand for messages made before each call.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wrong:
    method: str
    params: dict = field(default_factory=dict)
    description: str = ""
    code: int = 400
    source: str = "live"

    def __str__(self) -> str:
        return f"{self.method}: {self.description}"


def inline(**button) -> dict:
    return {"inline_keyboard": [[{"text": "B", **button}]]}


ADA, NOBODY, SHY, BLOCKER, GHOST = 501, 999, 502, 503, 504
TO_ADA = {"chat_id": ADA}
SAY = {"chat_id": ADA, "text": "hello"}
EDIT = {"chat_id": ADA, "message_id": "$text", "text": "new"}
BAD = "Bad Request: "
ENTITIES = "Bad Request: can't parse entities: "
ENTITY = "Bad Request: can't parse MessageEntity: "
BUTTON = "Bad Request: can't parse inline keyboard button: "
KEY = "Bad Request: can't parse keyboard button: "
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


def html(text: str, description: str, source: str = "live") -> Wrong:
    params = {**TO_ADA, "text": text, "parse_mode": "HTML"}
    return Wrong("sendMessage", params, ENTITIES + description, source=source)


def entity(value: dict, description: str, source: str = "live") -> Wrong:
    params = {**SAY, "entities": [{"offset": 0, "length": 1, **value}]}
    return Wrong("sendMessage", params, description, source=source)


def markup(value: object, description: str, source: str = "live") -> Wrong:
    return Wrong("sendMessage", {**SAY, "reply_markup": value}, description, source=source)


def preview(value: dict, description: str) -> Wrong:
    return Wrong("sendMessage", {**SAY, "link_preview_options": value}, description)


def say(params: dict, description: str, code: int = 400, source: str = "live") -> Wrong:
    return Wrong("sendMessage", {**SAY, **params}, description, code, source)


TEXTS = [
    Wrong("sendMessage", TO_ADA, BAD + "message text is empty"),
    say({"text": ""}, BAD + "message text is empty"),
    say({"text": "   \n"}, BAD + "text must be non-empty"),
    say({"text": "x" * 4097}, BAD + "message is too long"),
    say({"text": "\U0001f600" * 4097}, BAD + "message is too long"),
    say({"parse_mode": "INVALID"}, BAD + "unsupported parse_mode"),
    html("<b>unclosed", 'Can\'t find end tag corresponding to start tag "b"'),
    html("<script>x</script>", 'Unsupported start tag "script" at byte offset 0'),
    html("é <x>y</x>", 'Unsupported start tag "x" at byte offset 3', "server"),
    html(
        "<b><i>test</b></i>",
        'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"',
    ),
    html("a</b>", "Unexpected end tag at byte offset 1", "server"),
    html("a < b", 'Unsupported start tag "" at byte offset 2', "server"),
    html("a <b", "Unclosed start tag at byte offset 2", "server"),
    html("<b>a</b ", "Unclosed end tag at byte offset 4", "server"),
    html('<a href="x', "Unclosed start tag at byte offset 0", "server"),
    html("<a =1>x</a>", 'Empty attribute name in the tag "a" at byte offset 0', "server"),
    html(
        "<a href>x</a>",
        'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        "server",
    ),
    html("<a href=x:y>x</a>", "Unexpected end of name token at byte offset 8", "server"),
    html("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0', "server"),
    html(
        '<tg-emoji emoji-id="9999999999999999999">x</tg-emoji>',
        "Invalid custom emoji identifier specified",
    ),
    html(
        '<tg-time unix="1" format="q">x</tg-time>',
        "Invalid date-time format specified",
        "server",
    ),
    html('<tg-time format="r">x</tg-time>', "Invalid date specified", "ours"),
    html('<tg-time unix="99999999999">x</tg-time>', "Invalid date specified", "ours"),
    entity({"type": "invalid_type"}, ENTITY + "Unsupported type specified"),
    entity({"type": "text_link"}, ENTITY + 'Can\'t find field "url"'),
    entity({"type": "text_mention"}, ENTITY + 'Can\'t find field "user"'),
    entity({"type": "custom_emoji"}, ENTITY + 'Can\'t find field "custom_emoji_id"'),
    entity(
        {"type": "text_link", "url": "not-a-url"},
        BAD + "entity URL 'not-a-url' is invalid: Wrong HTTP URL",
    ),
    entity({"type": "text_link", "url": ""}, BAD + "entity URL '' is invalid: URL host is empty"),
    entity(
        {"type": "bold", "offset": 100},
        BAD + "entity begins after the end of the text at UTF-16 offset 100",
    ),
    entity(
        {"type": "bold", "length": 100},
        BAD + "entity beginning at UTF-16 offset 0 ends after the end of the text "
        "at UTF-16 offset 100",
    ),
    entity({"type": "bold", "offset": -1}, BAD + "receive an entity with incorrect offset -1"),
    entity(
        {"type": "date_time", "unix_time": 1, "date_time_format": "q"},
        ENTITY + "Invalid date-time format specified",
        "server",
    ),
]

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

KEYBOARDS = [
    markup("{", BAD + "can't parse reply keyboard markup JSON object", "server"),
    markup([], BAD + "object expected as reply markup", "server"),
    markup({"inline_keyboard": "bad"}, BAD + 'field "inline_keyboard" must be of type Array'),
    markup({"keyboard": "bad"}, BAD + 'field "keyboard" must be of type Array'),
    markup({"force_reply": "yes"}, BAD + 'field "force_reply" must be of type Boolean'),
    markup({"remove_keyboard": "yes"}, BAD + 'field "remove_keyboard" must be of type Boolean'),
    markup(
        {"keyboard": [["A"]], "resize_keyboard": "yes"},
        BAD + 'field "resize_keyboard" must be of type Boolean',
    ),
    markup({"inline_keyboard": [[{"callback_data": "x"}]]}, BUTTON + 'Can\'t find field "text"'),
    markup(inline(), BUTTON + "Text buttons are unallowed in the inline keyboard"),
    markup(inline(callback_data=""), BUTTON + "Text buttons are unallowed in the inline keyboard"),
    markup(inline(callback_data="x" * 65), BAD + "BUTTON_DATA_INVALID"),
    markup(inline(callback_data="ক" * 22), BAD + "BUTTON_DATA_INVALID"),
    markup(
        inline(url="not-a-url"),
        BAD + "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
    ),
    markup(
        inline(url="http://localhost:8080/x"),
        BAD + "inline keyboard button URL 'http://localhost:8080/x' is invalid: Wrong HTTP URL",
        "server",
    ),
    markup(
        inline(url="ftp://example.com"),
        BAD + "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
    ),
    markup(
        inline(web_app={"url": "http://example.com"}),
        BAD + "inline keyboard button Web App URL 'http://example.com' is invalid: "
        "Only HTTPS links are allowed",
    ),
    markup(inline(copy_text={"text": ""}), BAD + "BUTTON_COPY_TEXT_INVALID"),
    markup(inline(copy_text={"text": "x" * 257}), BAD + "BUTTON_COPY_TEXT_INVALID"),
    markup(inline(pay=True), BAD + "BUTTON_TYPE_INVALID"),
    markup(inline(callback_game={}), BAD + "BUTTON_TYPE_INVALID"),
    markup(
        inline(callback_data="x", style="pink"), BUTTON + "Invalid button style specified", "ours"
    ),
    markup(
        inline(callback_data="x", disabled={}),
        BAD + 'strict sandbox: unknown field "disabled" in inline keyboard button',
        "ours",
    ),
    markup(
        inline(callback_data="x", url="https://example.com"),
        BAD + "strict sandbox: one action a button, found ['callback_data', 'url']",
        "ours",
    ),
    markup(
        {"inline_keyboard": [[{"text": "B", "callback_data": "x"}] * 9]},
        BAD + "REPLY_MARKUP_TOO_LONG",
        "ours",
    ),
    markup(
        {"inline_keyboard": [[{"text": "B", "callback_data": "x"}]] * 101},
        BAD + "REPLY_MARKUP_TOO_LONG",
        "ours",
    ),
    markup(
        {"keyboard": [[{"text": "N", "request_contact": "yes"}]]},
        KEY + 'Field "request_contact" must be of type Boolean',
        "server",
    ),
    markup(
        {"keyboard": [["A"]], "inline_keyboard": []},
        BAD + "strict sandbox: one kind of reply_markup expected, "
        "found ['inline_keyboard', 'keyboard']",
        "ours",
    ),
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
