"""Updates that wait to be taken, and what kinds of them the bot wants."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.telegram.fields import Json, words

DAY = 86_400
PRESS_SECONDS = 150
LIFETIMES = {"callback_query": PRESS_SECONDS}
FIRST_UPDATE = 730_000_001
UNWANTED_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
KINDS = words(
    "message edited_message channel_post edited_channel_post inline_query "
    "chosen_inline_result callback_query shipping_query pre_checkout_query poll "
    "poll_answer my_chat_member chat_member chat_join_request message_reaction "
    "message_reaction_count"
)


@dataclass
class Update:
    """One update: when it expires and which webhook queue keeps its order."""

    id: int
    kind: str
    body: Json
    queue: str
    expires: float

    def as_api(self) -> Json:
        """Give the Update object."""
        return {"update_id": self.id, self.kind: self.body}


class Signal:
    """Wake everybody who waits, each time something has changed."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Wake all waiters."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        self._waiters.clear()

    async def wait(self, seconds: float) -> None:
        """Wait for the next notification, at most so many seconds."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await asyncio.wait({waiter}, timeout=seconds)
        finally:
            self._waiters.discard(waiter)


@dataclass
class Inbox:
    """Keep updates in order until they are confirmed, delivered or too old.

    Lifetimes and queue keys: facts §1.3 (messages 24 h by chat, presses 150 s by user).
    """

    clock: Callable[[], float]
    waiting: list[Update] = field(default_factory=list)
    wanted: frozenset[str] | None = None
    changed: Signal = field(default_factory=Signal)
    is_closing: bool = False
    """The server stops: nobody waits for an update any longer."""
    last_id: int = FIRST_UPDATE - 1
    expired: int = 0

    def wants(self, kind: str) -> bool:
        """Say whether updates of a kind are asked for."""
        return kind in self.wanted if self.wanted else kind not in UNWANTED_BY_DEFAULT

    def add(self, kind: str, body: Json, queue: str) -> int:
        """Queue an update; gives its id, 0 when the bot does not want the kind."""
        if not self.wants(kind):
            return 0
        self.last_id += 1
        expires = self.clock() + LIFETIMES.get(kind, DAY)
        self.waiting.append(Update(self.last_id, kind, body, queue, expires))
        self.changed.notify()
        return self.last_id

    def close(self) -> None:
        """Let go of whoever waits for an update."""
        self.is_closing = True
        self.changed.notify()

    def alive(self) -> list[Update]:
        """Drop what has expired and give the rest."""
        now = self.clock()
        kept = [update for update in self.waiting if update.expires > now]
        self.expired += len(self.waiting) - len(kept)
        self.waiting[:] = kept
        return kept

    def confirm_before(self, offset: int) -> None:
        """Forget all updates with ids under the offset; negative counts from the end."""
        if offset < 0:
            self.waiting[:] = self.waiting[offset:]
        else:
            self.waiting[:] = [update for update in self.waiting if update.id >= offset]
        self.changed.notify()

    def remove(self, update: Update) -> None:
        """Forget one delivered update."""
        if update in self.waiting:
            self.waiting.remove(update)
        self.changed.notify()

    def allow(self, value: object) -> None:
        """Take `allowed_updates`: an empty list means the default, absence the last choice."""
        if not isinstance(value, list):
            return
        names = frozenset(str(name).lower() for name in value) & KINDS
        self.wanted = names or None
