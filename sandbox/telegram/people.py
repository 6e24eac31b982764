"""Who is on the other side: people and groups."""

import hashlib
from dataclasses import dataclass

from sandbox.telegram.errors import SandboxError
from sandbox.telegram.fields import Json

FIRST_ID = 100_000_000
ID_SPAN = 900_000_000


@dataclass
class Person:
    """A Telegram user; a private chat with them has their id."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = "en"
    phone: str = ""
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def as_user(self) -> Json:
        """Give the User object."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user

    def as_chat(self) -> Json:
        """Give the Chat object of the private chat."""
        chat: Json = {"id": self.id, "type": "private", "first_name": self.first_name}
        if self.username:
            chat["username"] = self.username
        return chat


@dataclass
class Group:
    """A group the bot is in."""

    id: int
    title: str

    def as_chat(self) -> Json:
        """Give the Chat object."""
        kind = "supergroup" if str(self.id).startswith("-100") else "group"
        return {"id": self.id, "type": kind, "title": self.title}


def id_of(name: str) -> int:
    """Map a name to the same id in every run."""
    digest = hashlib.sha256(name.casefold().encode()).digest()
    return FIRST_ID + int.from_bytes(digest[:8], "big") % ID_SPAN


def own_phone(user_id: int) -> str:
    """Give a person's number as most apps share it: digits without a plus."""
    return f"491512{user_id % 10**7:07d}"


class People:
    """Remember people by id; they are made on first mention."""

    def __init__(self) -> None:
        self.known: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}

    def find(self, user: int | str) -> Person:
        """Give the person with this id or name."""
        if isinstance(user, str) and user.lstrip("-").isdigit():
            user = int(user)
        user_id = id_of(user) if isinstance(user, str) else user
        if user_id not in self.known:
            if user_id <= 0:
                raise SandboxError(f"{user} is no user id: they are positive")
            name = user if isinstance(user, str) else f"User {user_id}"
            self.known[user_id] = Person(user_id, name, phone=own_phone(user_id))
        return self.known[user_id]

    def chat(self, chat_id: int) -> Person | Group | None:
        """Give whoever has this chat id."""
        return self.known.get(chat_id) or self.groups.get(chat_id)
