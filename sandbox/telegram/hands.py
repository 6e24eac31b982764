"""What people do: write, tap, press, share a contact, block, begin."""

import itertools
import re
from dataclasses import dataclass

from sandbox.telegram.entities import finished
from sandbox.telegram.errors import SandboxError
from sandbox.telegram.fields import Json
from sandbox.telegram.messages import BOT, Message
from sandbox.telegram.people import Group, Person
from sandbox.telegram.server import Press, Server

FIRST_PRESS = 4_382_000_000_000_000_001


@dataclass(frozen=True)
class Tapped:
    """What a tap did: `kind` is callback, url, web_app, copy_text, text or contact.

    `press` is the callback query's id.
    """

    label: str
    kind: str
    value: str
    press: str = ""


@dataclass(frozen=True)
class _Choice:
    message: Message
    button: Json

    @property
    def label(self) -> str:
        return str(self.button["text"])


class Hands:
    """Act for people; every act is an update and a line in the transcript."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._press_ids = itertools.count(FIRST_PRESS)

    def say(self, person: Person, text: str, chat: Group | None = None) -> Message:
        """Write a text to the bot or into a group."""
        message = self._message(person, chat)
        message.text = finished(text, [])
        self._send(message)
        return message

    def _message(self, person: Person, chat: Group | None = None) -> Message:
        if person.deactivated:
            raise SandboxError(f"{person.first_name}'s account is deleted")
        if chat is None:
            if person.blocked:
                raise SandboxError(f"{person.first_name} has blocked the bot: unblock first")
            person.started = True
        return self.server.new_message(chat.id if chat else person.id, person.id)

    def _send(self, message: Message) -> None:
        shown = self.server.post(message)
        self.server.inbox.add("message", shown, f"chat {message.chat_id}")

    def share_contact(self, person: Person, owner: Person, phone: str) -> None:
        """Share somebody's number: one's own as the button does, or another's by hand."""
        message = self._message(person)
        message.kind = "contact"
        message.content["contact"] = {
            "phone_number": phone,
            "first_name": owner.first_name,
            "user_id": owner.id,
        }
        self._send(message)

    def press(self, person: Person, chat_id: int, message_id: int, data: str) -> str:
        """Press a button, also one that is old, gone or never was; gives the query id."""
        message = self.server.message(chat_id, message_id)
        chat = self.server.people.chat(chat_id) or person
        press = Press(str(next(self._press_ids)), person.id, self.server.clock())
        self.server.presses[press.id] = press
        gone: Json = {"chat": chat.as_chat(), "message_id": message_id, "date": 0}
        body: Json = {
            "id": press.id,
            "from": person.as_user(),
            "message": self.server.shown(message) if message else gone,
            "chat_instance": str(-(chat_id * 7919)),
            "data": data,
        }
        self.server.inbox.add("callback_query", body, f"press {person.id}")
        return press.id

    def tap(self, person: Person, label: str, chat_id: int, message_id: int = 0) -> Tapped:
        """Tap the first button whose text matches, on the newest keyboard that has one."""
        try:
            wanted = re.compile(label)
        except re.error as error:
            raise SandboxError(f"{label!r} is not a regular expression: {error}") from None
        choices = [
            [_Choice(message, button) for row in rows for button in row]
            for message, rows in self._keyboards(chat_id, message_id)
        ]
        for keyboard in choices:
            for choice in keyboard:
                if wanted.search(choice.label):
                    return self._do_tap(person, choice)
        seen = [choice.label for keyboard in choices for choice in keyboard]
        raise SandboxError(f"no button matches {label!r}; there are {seen}")

    def touch(self, person: Person, message_id: int, row: int, column: int) -> Tapped:
        """Tap the button in this row and column, counted from 0."""
        message = self.server.message(person.id, message_id)
        rows = (message.inline or message.reply_rows) if message else []
        if message is None or not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
            raise SandboxError("this button is not there any more")
        return self._do_tap(person, _Choice(message, rows[row][column]))

    def _keyboards(self, chat_id: int, message_id: int) -> list[tuple[Message, list[list[Json]]]]:
        """List the keyboards in reach, newest first: one inline and the reply keyboard."""
        found: dict[str, tuple[Message, list[list[Json]]]] = {}
        for message in self.server.messages(chat_id):
            if message.deleted or (message_id and message.id != message_id):
                continue
            if message.inline:
                found["inline"] = message, message.inline
            if message.sender == BOT and message.reply_rows:
                found["reply"] = message, message.reply_rows
            if (message.markup or {}).get("remove_keyboard"):
                found.pop("reply", None)
        return sorted(found.values(), key=lambda pair: -pair[0].id)

    def _do_tap(self, person: Person, choice: _Choice) -> Tapped:
        button, message = choice.button, choice.message
        if message.reply_rows:
            return self._use_reply_button(person, choice)
        self.server.note(message.chat_id, f"{person.first_name} taps [{choice.label}]")
        if button.get("callback_data"):
            data = str(button["callback_data"])
            press = self.press(person, message.chat_id, message.id, data)
            return Tapped(choice.label, "callback", data, press)
        for kind in ("url", "web_app", "copy_text"):
            value = button.get(kind)
            if value:
                inner = value if isinstance(value, dict) else {kind: value}
                return Tapped(choice.label, kind, str(next(iter(inner.values()))))
        return Tapped(choice.label, "other", "")

    def _use_reply_button(self, person: Person, choice: _Choice) -> Tapped:
        if (choice.message.markup or {}).get("one_time_keyboard"):
            choice.message.markup = None
        if choice.button.get("request_contact"):
            self.share_contact(person, person, person.phone)
            return Tapped(choice.label, "contact", person.phone)
        self.say(person, choice.label)
        return Tapped(choice.label, "text", choice.label)

    def set_blocked(self, person: Person, *, blocked: bool) -> None:
        """Block or unblock the bot."""
        if person.blocked == blocked:
            return
        person.blocked = blocked
        self.server.note(person.id, f"{person.first_name} {'' if blocked else 'un'}blocks the bot")
        states = ("member", "kicked") if blocked else ("kicked", "member")
        self.server.inbox.add(
            "my_chat_member",
            {
                "chat": person.as_chat(),
                "from": person.as_user(),
                "date": int(self.server.clock()),
                "old_chat_member": self._membership(states[0]),
                "new_chat_member": self._membership(states[1]),
            },
            f"member {person.id}",
        )

    def _membership(self, status: str) -> Json:
        member: Json = {"user": self.server.bot, "status": status}
        return {**member, "until_date": 0} if status == "kicked" else member
