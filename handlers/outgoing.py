"""One message on its way to a chat, as plain data: worded here, sent by bot/sender.py."""

from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How Telegram paints a button; never the only sign of what the button does."""

    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; exactly one of data, url, web_app and copy is given."""

    text: str
    data: str | None = None
    """Callback data, at most 64 bytes."""
    url: str | None = None
    web_app: str | None = None
    """An https address of a Mini App."""
    copy: str | None = None
    """Text the button copies, at most 256 characters."""
    style: Style | None = None


@dataclass(frozen=True, slots=True)
class ReplyButton:
    """A button of the reply keyboard; `contact` shares the customer's own number."""

    text: str
    contact: bool = False


Rows = tuple[tuple[Button, ...], ...]
ReplyRows = tuple[tuple[ReplyButton, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message: a text, a document or a photo, with its buttons.

    A message has `rows` or `reply_rows` or neither, never both (Telegram's rule). `text` and
    `caption` are HTML within 4096 and 1024 characters. A message with `reply_rows` is always new.
    """

    chat_id: int
    text: str = ""
    rows: Rows = ()
    reply_rows: ReplyRows = ()
    mode: str = "new"
    """"edit" rewrites `message_id` (or sends when that cannot be), "new" sends."""
    message_id: int | None = None
    live: bool = False
    """Whether this becomes the chat's live message, so that the previous one loses its buttons."""
    document: tuple[str, bytes] | None = None
    """File name and content."""
    photo: bytes | None = None
    caption: str = ""
    link_preview: str | None = None
    """Address of a picture shown above the text; without it no link is previewed."""
    remove_keyboard: bool = False
    """Whether the reply keyboard goes away (a message cannot do so and carry `rows`)."""
    silent: bool = False
