"""Messages of the chats and how the Bot API shows them."""

from dataclasses import dataclass, field

from sandbox.telegram.entities import Text
from sandbox.telegram.fields import Json
from sandbox.telegram.showing import as_html

BOT = 0
MEDIA = frozenset({"document", "photo"})


@dataclass
class Message:
    """One message; `sender` is a user id, or BOT; `kind` names the content."""

    id: int
    chat_id: int
    sender: int
    date: float
    kind: str = "text"
    text: Text = field(default_factory=Text)
    markup: Json | None = None
    content: Json = field(default_factory=dict)
    options: Json = field(default_factory=dict)
    reply_to: int = 0
    data: bytes = b""
    edit_date: float = 0.0
    versions: list[str] = field(default_factory=list)
    deleted: bool = False
    pinned: bool = False

    @property
    def inline(self) -> list[list[Json]]:
        """The rows of the inline keyboard."""
        return rows_of(self.markup, "inline_keyboard")

    @property
    def reply_rows(self) -> list[list[Json]]:
        """The rows of the reply keyboard this message brought."""
        return rows_of(self.markup, "keyboard")

    def remember(self) -> None:
        """Keep the present text before an edit."""
        self.versions.append(self.text.plain)


def rows_of(markup: Json | None, name: str) -> list[list[Json]]:
    """Give the rows of buttons under a name of a reply markup."""
    rows = (markup or {}).get(name)
    return rows if isinstance(rows, list) else []


def as_api(message: Message, chat: Json, sender: Json) -> Json:
    """Give the Message object of the Bot API."""
    shown: Json = {
        "message_id": message.id,
        "from": sender,
        "chat": chat,
        "date": int(message.date),
    }
    if message.edit_date:
        shown["edit_date"] = int(message.edit_date)
    if message.reply_to:
        shown["reply_to_message"] = {
            "message_id": message.reply_to,
            "date": int(message.date),
            "chat": chat,
        }
    shown.update(message.content)
    named = ("text", "entities") if message.kind == "text" else ("caption", "caption_entities")
    if message.text.plain:
        shown[named[0]] = message.text.plain
        if message.text.entities:
            shown[named[1]] = message.text.entities
    for name in ("link_preview_options", "effect_id"):
        if name in message.options:
            shown[name] = message.options[name]
    if message.inline:
        shown["reply_markup"] = {"inline_keyboard": message.inline}
    return shown


def as_seen(message: Message, sender: str) -> Json:
    """Give everything there is to know of a message, for tests and pages."""
    return {
        "message_id": message.id,
        "from": sender,
        "date": message.date,
        "kind": message.kind,
        "text": message.text.plain,
        "entities": message.text.entities,
        "html": as_html(message.text),
        "inline_keyboard": message.inline,
        "reply_markup": message.markup,
        **message.content,
        "data": message.data,
        "options": message.options,
        "reply_to": message.reply_to,
        "edit_date": message.edit_date,
        "versions": message.versions,
        "deleted": message.deleted,
        "pinned": message.pinned,
    }
