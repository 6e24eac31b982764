"""Chats as the page shows them."""

from sandbox.panel.cast import Persona
from sandbox.telegram.fields import Json
from sandbox.telegram.messages import BOT, Message
from sandbox.telegram.people import Person
from sandbox.telegram.server import Server
from sandbox.telegram.showing import as_html

MOST = 300
"""How many messages of a chat are shown: the newest."""
_MARKS_OF_DIRECTION = dict.fromkeys(
    [0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
"""One that is not closed would turn the page around it."""


def person(server: Server, persona: Persona) -> Json:
    """Describe a person and what their app offers."""
    known = server.people.find(persona.id)
    return {
        "id": known.id,
        "name": known.first_name.translate(_MARKS_OF_DIRECTION),
        "language": known.language_code,
        "role": persona.role,
        "note": persona.note,
        "blocked": known.blocked,
        "started": known.started,
        "phone": f"+{known.phone.lstrip('+')}",
        "typing": server.typing.get(known.id, 0.0) > server.clock(),
        "commands": _commands(server, known),
        "description": _text(server, "description", known),
    }


def _text(server: Server, what: str, known: Person) -> object:
    for language in (known.language_code[:2], ""):
        found = server.settings.get((what, language))
        if found:
            return found
    return ""


def _commands(server: Server, known: Person) -> object:
    """Resolve the command list as apps do: the chat before all, a language before none."""
    for scope in (("chat", str(known.id)), ("all_private_chats",), ("default",)):
        for language in (known.language_code[:2], ""):
            found = server.settings.get(("commands", *scope, language))
            if found:
                return found
    return []


def bot(server: Server, shop: str) -> Json:
    """Describe the bot."""
    return {
        "name": server.settings.get(("name", ""), "") or shop or server.username,
        "username": server.username,
        "description": server.settings.get(("description", ""), ""),
        "shop": shop,
    }


def messages(server: Server, chat_id: int) -> list[Json]:
    """List the newest messages of a chat, deleted ones too."""
    waiting = {_number(update.body) for update in server.inbox.waiting if update.kind == "message"}
    newest = server.messages(chat_id)[-MOST:]
    return [_message(one, is_read=one.id not in waiting) for one in newest]


def _number(body: Json) -> object:
    return body.get("message_id")


def _message(message: Message, *, is_read: bool) -> Json:
    shown: Json = {
        "chat": message.chat_id,
        "message_id": message.id,
        "from": "bot" if message.sender == BOT else "user",
        "date": message.date,
        "edited": bool(message.edit_date),
        "deleted": message.deleted,
        "kind": message.kind,
        "html": as_html(message.text),
        "inline_keyboard": message.inline,
        "reply_keyboard": _reply_keyboard(message),
        "remove_keyboard": bool((message.markup or {}).get("remove_keyboard")),
        "read": is_read,
        "effect": "effect_id" in message.options,
    }
    return shown | _content(message)


def _reply_keyboard(message: Message) -> Json | None:
    if not message.reply_rows or message.sender != BOT:
        return None
    markup = message.markup or {}
    return {
        "rows": message.reply_rows,
        "one_time": bool(markup.get("one_time_keyboard")),
        "placeholder": markup.get("input_field_placeholder", ""),
    }


def _content(message: Message) -> Json:
    found: Json = {}
    document, contact = message.content.get("document"), message.content.get("contact")
    venue, photo = message.content.get("venue"), message.content.get("photo")
    address = f"/sandbox/file/{message.chat_id}/{message.id}"
    if isinstance(document, dict):
        size, mime = len(message.data), document.get("mime_type")
        found["document"] = {
            "name": document.get("file_name"),
            "size": size,
            "mime": mime,
            "url": address,
        }
    if isinstance(photo, list) and photo:
        found["photo"] = {"url": address, "width": 320, "height": 320}
    if isinstance(contact, dict):
        number = str(contact.get("phone_number")).lstrip("+")
        found["contact"] = {"phone": f"+{number}", "name": contact.get("first_name")}
    if isinstance(venue, dict):
        found["venue"] = {"title": venue.get("title"), "address": venue.get("address")}
    return found | _preview(message)


def _preview(message: Message) -> Json:
    options = message.options.get("link_preview_options")
    if not isinstance(options, dict) or options.get("is_disabled") or not options.get("url"):
        return {}
    return {
        "preview": {
            "url": options["url"],
            "above": bool(options.get("show_above_text")),
            "large": not options.get("prefer_small_media"),
        }
    }
