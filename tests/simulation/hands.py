"""What people can touch in their chats: the newest buttons, by what they ask for."""

import re
from dataclasses import dataclass

FORWARD = ("svc", "stf", "day", "tim", "sea", "skp", "ans", "cfm")
"""What leads from one question to the next."""
TYPED = ("nothing", "3", "Ada Lovelace", "ada@example.com", "+49 30 901820", "18:00", "next friday")


@dataclass(frozen=True)
class Touch:
    """One button of one message."""

    message: int
    text: str
    data: str = ""
    url: str = ""
    contact: bool = False

    @property
    def verb(self) -> str:
        return self.data.split(":")[1] if self.data.startswith("v1:") else ""

    @property
    def reference(self) -> str:
        found = re.search(r"BK-\w{6}", self.data)
        return found[0] if found else ""


def keyboards(server, chat: int, *, most: int = 8) -> list[list[Touch]]:
    """List the newest keyboards of a chat, the newest first."""
    found = []
    for message in reversed(list(server._messages.get(chat, {}).values())):
        if message.deleted or message.sender:
            continue
        rows = message.inline or message.reply_rows
        if rows:
            found.append([_touch(message.id, button) for row in rows for button in row])
        if len(found) >= most:
            break
    return found


def _touch(message: int, button: dict) -> Touch:
    return Touch(
        message,
        button["text"],
        button.get("callback_data", ""),
        button.get("url", ""),
        bool(button.get("request_contact")),
    )


def newest(server, chat: int) -> list[Touch]:
    """Return the buttons of the newest keyboard of a chat."""
    found = keyboards(server, chat, most=1)
    return found[0] if found else []


def press(world, chat: int, touch: Touch) -> None:
    """Press a button without waiting for anything."""
    hands, person = world.telegram._hands, world.server.people.find(chat)
    hands.press(person, chat, touch.message, touch.data)


def share_contact(world, chat: int) -> None:
    """Share one's own number."""
    hands, person = world.telegram._hands, world.server.people.find(chat)
    hands.share_contact(person, person, person.phone)


def say(world, chat: int, text: str) -> None:
    """Write to the bot; whoever had blocked it unblocks it first."""
    hands, person = world.telegram._hands, world.server.people.find(chat)
    hands.set_blocked(person, blocked=False)
    hands.say(person, text)
