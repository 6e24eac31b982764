"""Reply markups: what Telegram accepts on a message, in its words when it does not."""

from sandbox.telegram import fields
from sandbox.telegram.errors import bad_request
from sandbox.telegram.fields import FieldError, Json, no_others, words
from sandbox.telegram.params import Params
from sandbox.telegram.urls import checked_link, checked_web_app

MAX_DATA = 64
MAX_ROW = 8
MAX_BUTTONS = 100
MAX_COPY = 256
MAX_PLACEHOLDER = 64
STYLES = frozenset({"primary", "success", "danger"})
ACTIONS = words(
    "url callback_data web_app copy_text switch_inline_query pay callback_game "
    "switch_inline_query_current_chat"
)
INLINE_BUTTON = ACTIONS | {"text", "style", "icon_custom_emoji_id"}
REQUESTS = frozenset({"request_contact", "request_location", "web_app"})
BUTTON = REQUESTS | {"text", "style", "icon_custom_emoji_id"}
KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
FLAGS = frozenset({"is_persistent", "resize_keyboard", "one_time_keyboard", "selective"})
KNOWN = {
    "inline_keyboard": frozenset({"inline_keyboard"}),
    "keyboard": FLAGS | {"keyboard", "input_field_placeholder"},
    "remove_keyboard": frozenset({"remove_keyboard", "selective"}),
    "force_reply": frozenset({"force_reply", "input_field_placeholder", "selective"}),
}


def read_markup(params: Params, *, inline_only: bool = False) -> Json | None:
    """Read `reply_markup`: an inline keyboard, a reply keyboard, its removal or a forced reply."""
    value = params.json("reply_markup", "reply keyboard markup")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise bad_request("Object expected as reply markup")
    markup = fields.as_object(value)
    kinds = [kind for kind in KINDS if markup.get(kind) is not None]
    if len(kinds) != 1:
        raise bad_request(f"strict sandbox: one kind of reply_markup expected, found {kinds}")
    if inline_only and kinds != ["inline_keyboard"]:
        raise bad_request("Inline keyboard expected")
    no_others(markup, KNOWN[kinds[0]], "reply_markup")
    try:
        return _read(kinds[0], markup)
    except FieldError as error:
        raise bad_request(str(error)) from None


def _read(kind: str, markup: Json) -> Json | None:
    for flag in FLAGS | {"remove_keyboard", "force_reply"}:
        fields.boolean(markup, flag)
    if len(fields.string(markup, "input_field_placeholder")) > MAX_PLACEHOLDER:
        raise bad_request("REPLY_MARKUP_INVALID")
    if kind == "inline_keyboard":
        rows = _rows(fields.array(markup, kind), inline=True)
        return {kind: rows} if rows else None
    if kind == "keyboard":
        rows = _rows(fields.array(markup, kind), inline=False)
        return {**markup, kind: rows} if rows else None
    return markup if markup[kind] else None


def _rows(rows: list[object], *, inline: bool) -> list[list[Json]]:
    what = "inline keyboard button" if inline else "keyboard button"
    result: list[list[Json]] = []
    for row in rows:
        if not isinstance(row, list):
            raise bad_request(f"can't parse {what}: Field must be of type Array")
        if row:
            result.append([_button(button, what, inline=inline) for button in row])
    count = sum(map(len, result))
    if count > MAX_BUTTONS or any(len(row) > MAX_ROW for row in result):
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return result


def _button(value: object, what: str, *, inline: bool) -> Json:
    try:
        button = fields.as_object({"text": value} if isinstance(value, str) else value)
        text = fields.required_string(button, "text")
        _check_style(button)
        no_others(button, INLINE_BUTTON if inline else BUTTON, what)
        if inline:
            _check_has_action(button)
        else:
            _check_requests(button)
    except FieldError as error:
        raise bad_request(f"can't parse {what}: {error}") from None
    if not text.strip():
        raise bad_request(f"{what} text must be non-empty")
    if inline:
        _check_action(button, what)
    elif button.get("web_app") is not None:
        _check_app(button, what)
    return button


def _check_style(button: Json) -> None:
    style = fields.string(button, "style")
    if style and style not in STYLES:
        raise FieldError("Invalid button style specified")


def _check_has_action(button: Json) -> None:
    if not any(_given(button.get(action)) for action in ACTIONS):
        raise FieldError("Text buttons are unallowed in the inline keyboard")


def _given(value: object) -> bool:
    return value is not None and value != "" and value is not False


def _check_requests(button: Json) -> None:
    for name in ("request_contact", "request_location"):
        fields.boolean(button, name)
    fields.mapping(button, "web_app")
    if sum(bool(button.get(name)) for name in REQUESTS) > 1:
        raise bad_request("strict sandbox: one action a button")


def _check_action(button: Json, what: str) -> None:
    actions = [name for name in ACTIONS if _given(button.get(name))]
    if len(actions) > 1:
        raise bad_request(f"strict sandbox: one action a button, found {sorted(actions)}")
    if actions[0] in {"pay", "callback_game"}:
        raise bad_request("BUTTON_TYPE_INVALID")
    if actions[0] == "callback_data" and len(str(button["callback_data"]).encode()) > MAX_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if actions[0] == "url":
        _check_url(button, what)
    elif actions[0] == "web_app":
        _check_app(button, what)
    elif actions[0] == "copy_text":
        _check_copy(button)


def _check_url(button: Json, what: str) -> None:
    url = str(button["url"])
    try:
        button["url"] = checked_link(url)
    except FieldError as error:
        raise bad_request(f"{what} URL '{url}' is invalid: {error}") from None


def _check_app(button: Json, what: str) -> None:
    url = fields.string(fields.mapping(button, "web_app") or {}, "url")
    try:
        checked_web_app(url)
    except FieldError as error:
        raise bad_request(f"{what} Web App URL '{url}' is invalid: {error}") from None


def _check_copy(button: Json) -> None:
    text = fields.string(fields.mapping(button, "copy_text") or {}, "text")
    if not 1 <= len(text) <= MAX_COPY:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
