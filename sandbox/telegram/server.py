"""What the pretend Telegram remembers: chats, messages, files, settings, calls."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram import messages, transcript
from sandbox.telegram.errors import bad_request, forbidden
from sandbox.telegram.fields import Json
from sandbox.telegram.messages import BOT, Message
from sandbox.telegram.params import Params, Upload
from sandbox.telegram.people import Group, People, Person
from sandbox.telegram.updates import Inbox

FIRST_MESSAGE = 101


@dataclass
class Press:
    """A pressed button that waits for an answer."""

    id: str
    user_id: int
    at: float
    answers: list[str] = field(default_factory=list)
    is_alert: bool = False
    answered: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Call:
    """One recorded call of the Bot API."""

    method: str
    params: Json
    at: float
    result: object = None
    error: str = ""


@dataclass
class StoredFile:
    """An uploaded file under its file_id."""

    path: str
    upload: Upload


@dataclass
class Webhook:
    """Where updates are sent, when they are."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    set_at: float = float("-inf")
    last_error: str = ""
    last_error_at: float = 0.0
    gone_since: float = 0.0


class Server:
    """Hold the state that all methods and all people share."""

    def __init__(
        self, *, token: str, username: str, clock: Callable[[], float] = time.time
    ) -> None:
        self.token = token
        self.username = username
        self.clock = clock
        self.answer_seconds = 15.0
        self.people = People()
        self.inbox = Inbox(clock)
        self.webhook = Webhook()
        self.presses: dict[str, Press] = {}
        self.files: dict[str, StoredFile] = {}
        self.settings: dict[tuple[str, ...], object] = {}
        self.calls: list[Call] = []
        self.toasts: dict[int, list[str]] = {}
        self._messages: dict[int, dict[int, Message]] = {}
        self._lines: dict[int, list[str]] = {}
        self._last_message = FIRST_MESSAGE - 1
        self.typing: dict[int, float] = {}
        self.revision = 0

    @property
    def bot(self) -> Json:
        """The bot as a User object."""
        return {
            "id": int(self.token.partition(":")[0]),
            "is_bot": True,
            "first_name": str(self.settings.get(("name", ""), self.username)),
            "username": self.username,
        }

    def revoke_token(self) -> str:
        """Return a new token of the same bot; the old one is unknown from now on."""
        number, _, _ = self.token.partition(":")
        self.token = f"{number}:{secrets.token_urlsafe(26)}"
        self.revision += 1
        return self.token

    def chat_of(self, params: Params, *, writing: bool = False) -> Person | Group:
        """Resolve `chat_id`, refusing chats the bot cannot write to."""
        raw = params.text("chat_id").strip()
        if not raw:
            raise bad_request("chat_id is empty")
        chat = self.people.chat(int(raw)) if raw.lstrip("-").isdigit() else None
        if chat is None:
            raise bad_request("chat not found")
        if writing and isinstance(chat, Person):
            _check_reachable(chat)
        return chat

    def messages(self, chat_id: int) -> list[Message]:
        """List the messages of a chat, oldest first, deleted ones too."""
        return list(self._messages.get(chat_id, {}).values())

    def message(self, chat_id: int, message_id: int) -> Message | None:
        """Find a message that is still there."""
        found = self._messages.get(chat_id, {}).get(message_id)
        return None if found is None or found.deleted else found

    def new_message(self, chat_id: int, sender: int, kind: str = "text") -> Message:
        """Make a message dated now, not yet in its chat."""
        return Message(self._last_message + 1, chat_id, sender, self.clock(), kind)

    def post(self, message: Message) -> Json:
        """Put a message into its chat and its transcript; gives it as the Bot API shows it."""
        self._last_message = max(self._last_message, message.id)
        self._messages.setdefault(message.chat_id, {})[message.id] = message
        if message.sender == BOT:
            self.typing.pop(message.chat_id, None)
        self.note(message.chat_id, transcript.posted(message, self.name_of(message.sender)))
        return self.shown(message)

    def name_of(self, sender: int) -> str:
        """Name a sender as transcripts do."""
        return "bot" if sender == BOT else self.people.find(sender).first_name

    def shown(self, message: Message) -> Json:
        """Give a message as the Bot API shows it."""
        chat = self.people.chat(message.chat_id) or self.people.find(message.chat_id)
        sender = self.bot if message.sender == BOT else self.people.find(message.sender).as_user()
        return messages.as_api(message, chat.as_chat(), sender)

    def note(self, chat_id: int, line: str) -> None:
        """Add to the transcript of a chat."""
        self._lines.setdefault(chat_id, []).append(line)
        self.revision += 1

    def transcript(self, chat_id: int) -> str:
        """Give the transcript of a chat."""
        return "\n".join(self._lines.get(chat_id, []))

    def chats(self) -> tuple[object, ...]:
        """Give everything said so far, to be kept."""
        return self._messages, self._lines, self.toasts, self._last_message

    def restore(self, kept: tuple[Any, ...], *, skipped: int) -> None:
        """Take back what was kept; the next message's number is `skipped` higher."""
        self._messages, self._lines, self.toasts, self._last_message = kept
        self._last_message += skipped

    def store(self, upload: Upload, folder: str) -> Json:
        """Keep a file; gives file_id, file_unique_id and file_size."""
        digest = hashlib.sha256(upload.data).hexdigest()
        file_id = f"BQACAgIAAxkDAAI{digest[:24]}{len(self.files):04d}"
        path = f"{folder}/file_{len(self.files)}"
        self.files[file_id] = StoredFile(path, upload)
        return {
            "file_id": file_id,
            "file_unique_id": f"AgAD{digest[:12]}",
            "file_size": len(upload.data),
        }


def _check_reachable(person: Person) -> None:
    if person.deactivated:
        raise forbidden("user is deactivated")
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")
