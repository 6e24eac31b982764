"""The pretend Telegram as one object: its web application, its people and its records."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urlencode

from aiohttp import web

from sandbox.telegram import endpoint, launch
from sandbox.telegram.errors import SandboxError
from sandbox.telegram.faults import Faults
from sandbox.telegram.fields import Json
from sandbox.telegram.hands import Hands, Tapped
from sandbox.telegram.limits import Limits
from sandbox.telegram.messages import as_seen
from sandbox.telegram.people import Group, Person
from sandbox.telegram.server import Call, Press, Server
from sandbox.telegram.webhook import Courier

BOT_KEY = "123456:sandbox-telegram-token-of-thirty-five"
LOOK_SECONDS = 0.01


class TelegramSandbox:
    """Answer as the Bot API does (10.0, strictly), and let people write, tap and press.

    `clock` gives epoch seconds. `strict` refuses parameters the method does not know, which
    Telegram would ignore; `limits` switches the flood limits on; `answer_seconds` is how long
    after a press it can be answered. A user is an id or a name (the same id in every run).
    """

    def __init__(
        self,
        *,
        token: str = BOT_KEY,
        username: str = "booking_sandbox_bot",
        clock: Callable[[], float] = time.time,
        strict: bool = True,
        limits: bool = False,
        answer_seconds: float = 15.0,
    ) -> None:
        self.server = Server(token=token, username=username, clock=clock)
        self.server.answer_seconds = answer_seconds
        self.faults = Faults()
        self.limits = Limits(clock, on=limits)
        self.strict = strict
        self._hands = Hands(self.server)
        courier = Courier(self.server)
        self.app = endpoint.application(self.server, self.faults, self.limits, strict=strict)
        self.app.on_startup.append(courier.run)
        self.app.on_shutdown.append(self._close)
        self.app.on_cleanup.append(courier.stop)

    async def _close(self, _app: web.Application) -> None:
        """Let go of a bot that polls: the server waits for what is under way."""
        self.server.inbox.close()

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.server.token

    def revoke_token(self) -> str:
        """Return a new token of the bot; the old one ends at once."""
        return self.server.revoke_token()

    @property
    def username(self) -> str:
        """The bot's @username, without the @."""
        return self.server.username

    def person(
        self,
        user: int | str,
        *,
        first_name: str | None = None,
        language_code: str | None = None,
        username: str | None = None,
        phone: str | None = None,
    ) -> Person:
        """Give a person, made on first mention, with what is given changed."""
        person = self.server.people.find(user)
        person.first_name = person.first_name if first_name is None else first_name
        person.language_code = person.language_code if language_code is None else language_code
        person.username = person.username if username is None else username
        person.phone = person.phone if phone is None else phone
        return person

    def group(self, chat_id: int, title: str) -> Group:
        """Put the bot into a group, whose id is negative."""
        return self.server.people.groups.setdefault(chat_id, Group(chat_id, title))

    async def say(self, user: int | str, text: str, *, chat: int = 0) -> int:
        """Write a text to the bot, or into a group; gives the message id."""
        person = self.server.people.find(user)
        return self._hands.say(person, text, self._group(chat)).id

    def _group(self, chat: int) -> Group | None:
        if chat and chat not in self.server.people.groups:
            raise SandboxError(f"no group {chat}")
        return self.server.people.groups.get(chat)

    async def start(self, user: int | str, payload: str = "") -> int:
        """Open the bot by a deep link, unblocking it first when it was blocked."""
        self._hands.set_blocked(self.server.people.find(user), blocked=False)
        return await self.say(user, f"/start {payload}".strip())

    async def tap(
        self, user: int | str, label: str, *, message_id: int = 0, chat: int = 0
    ) -> Tapped:
        """Tap the first button matching a regular expression on the newest keyboard.

        Reply keyboards count too; a button that requests the contact shares one's own.
        """
        person = self.server.people.find(user)
        return self._hands.tap(person, label, chat or person.id, message_id)

    async def touch(
        self, user: int | str, message_id: int, row: int, column: int
    ) -> tuple[Tapped, Press | None]:
        """Tap a button by its place and wait until it was answered, as an app's spinner does.

        Gives the press as it is then; None for buttons that are no callbacks. A Mini App's address
        comes with its launch data.
        """
        person = self.server.people.find(user)
        tapped = self._hands.touch(person, message_id, row, column)
        if tapped.kind == "web_app":
            return replace(tapped, value=f"{tapped.value}#{self._launched(person)}"), None
        press = self.server.presses.get(tapped.press)
        if press:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.server.answer_seconds):
                    await press.answered.wait()
        return tapped, press

    def _launched(self, person: Person) -> str:
        return urlencode({"tgWebAppData": self.launch_data(person.id), "tgWebAppVersion": "9.0"})

    async def press(self, user: int | str, message_id: int, data: str, *, chat: int = 0) -> str:
        """Press with any data on any message, forged or old; gives the callback query id."""
        person = self.server.people.find(user)
        self.server.note(chat or person.id, f"{person.first_name} presses {data}")
        return self._hands.press(person, chat or person.id, message_id, data)

    async def share_contact(
        self, user: int | str, *, phone: str | None = None, of: int | str | None = None
    ) -> None:
        """Share one's own contact, or that of somebody else."""
        person = self.server.people.find(user)
        owner = person if of is None else self.server.people.find(of)
        self._hands.share_contact(person, owner, owner.phone if phone is None else phone)

    async def block(self, user: int | str) -> None:
        """Block the bot."""
        self._hands.set_blocked(self.server.people.find(user), blocked=True)

    async def unblock(self, user: int | str) -> None:
        """Unblock the bot."""
        self._hands.set_blocked(self.server.people.find(user), blocked=False)

    async def deactivate(self, user: int | str) -> None:
        """Delete a person's account."""
        self.server.people.find(user).deactivated = True

    def launch_data(self, user: int | str, *, start_param: str = "") -> str:
        """Give the signed `initData` a Mini App gets when this person opens it now."""
        person = self.server.people.find(user)
        return launch.init_data(self.token, person, at=self.server.clock(), start_param=start_param)

    def transcript(self, user: int | str) -> str:
        """Give what happened in a chat, one line for each thing, as people would read it."""
        return self.server.transcript(self._chat_id(user))

    def _chat_id(self, user: int | str) -> int:
        groups = self.server.people.groups
        return (
            user if isinstance(user, int) and user in groups else self.server.people.find(user).id
        )

    def chat(self, user: int | str) -> list[Json]:
        """List the messages of a chat with everything there is to know of them."""
        chat_id = self._chat_id(user)
        return [
            as_seen(message, self.server.name_of(message.sender))
            for message in self.server.messages(chat_id)
        ]

    def toasts(self, user: int | str) -> list[str]:
        """List the texts a person saw as answers to presses."""
        return list(self.server.toasts.get(self.server.people.find(user).id, []))

    @property
    def calls(self) -> list[Call]:
        """The calls of the Bot API so far, getUpdates left out."""
        return self.server.calls

    async def settle(self, *, within: float = 10.0, quiet: float = 0.0) -> None:
        """Wait until every update was taken and for `quiet` seconds nothing was called."""
        loop = asyncio.get_running_loop()
        end, still_since, seen = loop.time() + within, loop.time(), len(self.calls)
        while True:
            busy = bool(self.server.inbox.alive())
            if busy or len(self.calls) != seen:
                still_since, seen = loop.time(), len(self.calls)
            if not busy and loop.time() - still_since >= quiet:
                return
            if loop.time() > end:
                waiting = [update.as_api() for update in self.server.inbox.waiting]
                raise TimeoutError(f"not taken within {within} s: {waiting}")
            await asyncio.sleep(LOOK_SECONDS)
