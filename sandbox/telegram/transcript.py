"""Transcripts: what happened in a chat, as lines that read like the chat."""

from sandbox.telegram.fields import Json
from sandbox.telegram.messages import MEDIA, Message
from sandbox.telegram.showing import as_plain

INDENT = "     "


def keyboard_lines(rows: list[list[Json]]) -> list[str]:
    """Draw the buttons, one line a row."""
    return [INDENT + " ".join(_button(button) for button in row) for row in rows]


def _button(button: Json) -> str:
    text = button["text"]
    if button.get("url"):
        return f"[{text} -> {button['url']}]"
    app = button.get("web_app")
    if isinstance(app, dict):
        return f"[{text} -> {app.get('url')}]"
    return f"[{text}]"


def _said(who: str, text: str) -> list[str]:
    first, *more = text.split("\n")
    return [f"{who}: {first}", *[f"{INDENT}{line}".rstrip() for line in more]]


def _what(message: Message) -> str:
    document = message.content.get("document")
    if isinstance(document, dict):
        return f"sends a document {document.get('file_name')} ({len(message.data)} bytes)"
    if message.kind == "photo":
        return "sends a photo"
    venue = message.content.get("venue")
    if isinstance(venue, dict):
        return f"sends a place: {venue.get('title')}, {venue.get('address')}"
    contact = message.content.get("contact")
    if isinstance(contact, dict):
        whose = "their" if contact.get("user_id") == message.sender else "somebody else's"
        number = str(contact.get("phone_number"))
        return f"shares {whose} contact {number if number.startswith('+') else '+' + number}"
    return f"sends a {message.kind}"


def posted(message: Message, who: str) -> str:
    """Describe a new message."""
    if message.kind == "text":
        lines = _said(who, as_plain(message.text))
    elif message.kind in MEDIA and message.text.plain:
        lines = _said(f"{who} {_what(message)}", as_plain(message.text))
    else:
        lines = [f"{who} {_what(message)}"]
    return "\n".join(lines + _keyboard(message))


def edited(message: Message) -> str:
    """Describe a message after an edit."""
    return "\n".join(_said("bot (edits)", as_plain(message.text)) + _keyboard(message))


def unbuttoned(message: Message) -> str:
    """Describe an edit of nothing but the keyboard."""
    rows = _keyboard(message)
    return "\n".join(["bot (changes the buttons):", *rows] if rows else ["bot removes the buttons"])


def _keyboard(message: Message) -> list[str]:
    markup = message.markup or {}
    if markup.get("remove_keyboard"):
        return [f"{INDENT}(the keyboard is gone)"]
    return keyboard_lines(message.inline or message.reply_rows)
