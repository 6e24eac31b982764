"""Wrong reply markups."""

from tests.sandbox.telegram_wrong import BAD, BUTTON, KEY, SAY, Wrong, inline


def markup(value: object, description: str, source: str = "live") -> Wrong:
    return Wrong("sendMessage", {**SAY, "reply_markup": value}, description, source=source)


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
