"""What the bot says of itself: commands, names, descriptions, the menu button, files."""

import re

from sandbox.telegram import fields
from sandbox.telegram.errors import bad_request
from sandbox.telegram.fields import FieldError, Json, no_others
from sandbox.telegram.params import Params
from sandbox.telegram.people import Person
from sandbox.telegram.server import Server
from sandbox.telegram.urls import checked_web_app

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"[a-z]{2}")
MAX_COMMANDS = 100
MAX_COMMAND_TEXT = 256
TEXT_LIMITS = {"name": 64, "description": 512, "short_description": 120}
PLAIN_SCOPES = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
)
CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})
MENU_BUTTONS = frozenset({"commands", "web_app", "default"})


def get_me(server: Server, _params: Params) -> object:
    """Say who the bot is (getMe)."""
    return {
        **server.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _language(params: Params) -> str:
    language = params.text("language_code")
    if language and not LANGUAGE.fullmatch(language):
        raise bad_request("LANG_CODE_INVALID")
    return language


def _check_kind(kind: str, known: frozenset[str]) -> None:
    if kind not in known:
        raise FieldError("Unsupported type specified")


def _scope(server: Server, params: Params) -> tuple[str, ...]:
    """Give the key of a scope, e.g. ("chat", "42")."""
    value = params.json("scope", "BotCommandScope")
    if value is None:
        return ("default",)
    try:
        scope = fields.as_object(value)
        kind = fields.required_string(scope, "type")
        if kind in PLAIN_SCOPES:
            return (kind,)
        _check_kind(kind, CHAT_SCOPES)
        key = [kind, fields.required_string(scope, "chat_id")]
        if kind == "chat_member":
            key.append(fields.required_string(scope, "user_id"))
    except FieldError as error:
        raise bad_request(f"can't parse BotCommandScope: {error}") from None
    server.chat_of(Params({"chat_id": key[1]}))
    return tuple(key)


def _command(value: object) -> Json:
    try:
        source = fields.as_object(value)
        name = fields.required_string(source, "command").removeprefix("/")
        description = fields.required_string(source, "description").strip()
    except FieldError as error:
        raise bad_request(f"can't parse BotCommand: {error}") from None
    no_others(source, frozenset({"command", "description"}), "BotCommand")
    if not COMMAND.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= MAX_COMMAND_TEXT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


def set_my_commands(server: Server, params: Params) -> object:
    """List the commands for a scope and a language (setMyCommands)."""
    listed = params.json("commands", "commands")
    if listed is None:
        raise bad_request("expected an Array of BotCommand")
    if not isinstance(listed, list):
        raise bad_request("expected an Array of BotCommand")
    if len(listed) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(value) for value in listed]
    server.settings["commands", *_scope(server, params), _language(params)] = commands
    return True


def get_my_commands(server: Server, params: Params) -> object:
    """Give the commands set for exactly this scope and language (getMyCommands)."""
    return server.settings.get(("commands", *_scope(server, params), _language(params)), [])


def delete_my_commands(server: Server, params: Params) -> object:
    """Forget the commands of a scope and a language (deleteMyCommands)."""
    server.settings.pop(("commands", *_scope(server, params), _language(params)), None)
    return True


def _set_text(server: Server, params: Params, what: str) -> object:
    text = params.text(what)
    if len(text) > TEXT_LIMITS[what]:
        raise bad_request(f"strict sandbox: {what} is longer than {TEXT_LIMITS[what]}")
    server.settings[what, _language(params)] = text
    return True


def _get_text(server: Server, params: Params, what: str) -> object:
    language = _language(params)
    found = server.settings.get((what, language)) or server.settings.get((what, ""))
    return {what: found or (server.username if what == "name" else "")}


def set_my_name(server: Server, params: Params) -> object:
    """Name the bot in a language (setMyName)."""
    return _set_text(server, params, "name")


def get_my_name(server: Server, params: Params) -> object:
    """Give the bot's name (getMyName)."""
    return _get_text(server, params, "name")


def set_my_description(server: Server, params: Params) -> object:
    """Set the text of the empty chat (setMyDescription)."""
    return _set_text(server, params, "description")


def get_my_description(server: Server, params: Params) -> object:
    """Give the text of the empty chat (getMyDescription)."""
    return _get_text(server, params, "description")


def set_my_short_description(server: Server, params: Params) -> object:
    """Set the text of the bot's profile (setMyShortDescription)."""
    return _set_text(server, params, "short_description")


def get_my_short_description(server: Server, params: Params) -> object:
    """Give the text of the bot's profile (getMyShortDescription)."""
    return _get_text(server, params, "short_description")


def set_chat_menu_button(server: Server, params: Params) -> object:
    """Choose the button beside the text field (setChatMenuButton)."""
    chat = str(server.chat_of(params).id) if params.text("chat_id") else ""
    value = params.json("menu_button", "menu button") or {"type": "default"}
    try:
        button = fields.as_object(value)
        kind = fields.required_string(button, "type")
        app = fields.mapping(button, "web_app") or {}
        _check_kind(kind, MENU_BUTTONS)
        if kind == "web_app":
            fields.required_string(button, "text")
            _check_menu_app(fields.string(app, "url"))
    except FieldError as error:
        raise bad_request(f"can't parse menu button: {error}") from None
    server.settings["menu", chat] = button
    return True


def _check_menu_app(url: str) -> None:
    try:
        checked_web_app(url)
    except FieldError as error:
        raise bad_request(f"menu button Web App URL '{url}' is invalid: {error}") from None


def get_chat_menu_button(server: Server, params: Params) -> object:
    """Give the button beside the text field (getChatMenuButton)."""
    chat = str(server.chat_of(params).id) if params.text("chat_id") else ""
    default = server.settings.get(("menu", ""), {"type": "commands"})
    return server.settings.get(("menu", chat), default)


def get_chat(server: Server, params: Params) -> object:
    """Describe a chat (getChat)."""
    chat = server.chat_of(params)
    gifts = "unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels"
    full: Json = {
        **chat.as_chat(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts.split(), True),
    }
    if isinstance(chat, Person):
        full["active_usernames"] = [chat.username] if chat.username else []
    return full


def get_file(server: Server, params: Params) -> object:
    """Say where a file can be downloaded (getFile)."""
    stored = server.files.get(params.text("file_id"))
    if stored is None:
        raise bad_request("invalid file_id")
    return {
        "file_id": params.text("file_id"),
        "file_unique_id": f"AgAD{params.text('file_id')[-12:]}",
        "file_size": len(stored.upload.data),
        "file_path": stored.path,
    }
