"""How fast one may speak: buckets of tokens for Telegram, an even pace for Stripe.

Replicas on one PostgreSQL share each limit; on SQLite there is one process, and it remembers.
"""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Final, Protocol

from db.database import database, is_connected
from db.pace import Limit, take_turns

CHAT_SHARE: Final = 1 / 25
"""One chat may get one of the 25 messages a second that a bot may send by default."""
CHAT_BURST: Final = 5.0
AT_ONCE_SHARE: Final = 4 / 25
"""All chats together get 4 at once where they get 25 a second: in no second go more than 30."""
MOST_CHATS: Final = 10_000
MOST_WAITING: Final = 1000
"""Thirty replicas have no more messages under way at a time."""
FASTEST_SHARED: Final = 1000
"""Telegram lets nobody speak faster: a higher limit is none, and needs no sharing."""


class ChatPace(Protocol):
    """Makes whoever sends wait until both the chat and the whole bot may speak."""

    async def wait(self, chat_id: int) -> None:
        """Return when a message to this chat may leave."""


class CallPace(Protocol):
    """Makes whoever calls wait for their turn."""

    async def wait(self) -> None:
        """Return when one more may pass."""


def chat_pace(messages_per_second: float) -> ChatPace:
    """Return what keeps Telegram's limits in the database in use."""
    if database().is_sqlite or messages_per_second > FASTEST_SHARED:
        return Pace(messages_per_second)
    return SharedPace(messages_per_second)


def call_pace(name: str, per_second: int) -> CallPace:
    """Return what keeps a limit in the database in use, if any."""
    if not is_connected() or database().is_sqlite:
        return EvenPace(per_second)
    return SharedEvenPace(name, per_second)


def chat_rate(messages_per_second: float) -> float:
    """Return how many messages a second one chat may get."""
    return max(1.0, messages_per_second * CHAT_SHARE)


def burst(messages_per_second: float) -> float:
    """Return how many messages may leave at once, whoever they are for."""
    return max(1.0, messages_per_second * AT_ONCE_SHARE)


@dataclass(slots=True)
class Bucket:
    """Hold up to `burst` tokens, refilled at `rate` a second; taking may run into debt."""

    rate: float
    burst: float
    tokens: float
    filled_at: float

    def take(self, now: float) -> float:
        """Take a token; return how many seconds to wait until it is there."""
        self.tokens = min(self.burst, self.tokens + (now - self.filled_at) * self.rate) - 1
        self.filled_at = now
        return max(0.0, -self.tokens / self.rate)


class Pace:
    """Make whoever sends wait until both the chat and the whole bot may speak."""

    def __init__(self, messages_per_second: float) -> None:
        at_once = burst(messages_per_second)
        self._overall = Bucket(messages_per_second, at_once, at_once, 0)
        self._chat_rate = chat_rate(messages_per_second)
        self._chats: OrderedDict[int, Bucket] = OrderedDict()

    async def wait(self, chat_id: int) -> None:
        """Return when a message to this chat may leave."""
        now = asyncio.get_running_loop().time()
        fresh = Bucket(self._chat_rate, CHAT_BURST, CHAT_BURST, now)
        chat = self._chats.pop(chat_id, fresh)
        self._chats[chat_id] = chat
        if len(self._chats) > MOST_CHATS:  # the one silent for longest has a full bucket again
            self._chats.popitem(last=False)
        if (seconds := max(chat.take(now), self._overall.take(now))) > 0:
            await asyncio.sleep(seconds)


class SharedPace:
    """Make whoever sends wait, in any replica, until both the chat and the whole bot may speak."""

    def __init__(self, messages_per_second: float) -> None:
        at_once = burst(messages_per_second)
        self._overall = Limit("messages", messages_per_second, at_once, turns=MOST_WAITING)
        self._chat_rate = chat_rate(messages_per_second)

    async def wait(self, chat_id: int) -> None:
        """Return when a message to this chat may leave."""
        chat = Limit(f"chat {chat_id}", self._chat_rate, CHAT_BURST)
        await asyncio.sleep(await take_turns([self._overall, chat]))


class SharedEvenPace:
    """Let calls of all replicas pass one after the other."""

    def __init__(self, name: str, per_second: int) -> None:
        self._limit = Limit(name, per_second, 1)

    async def wait(self) -> None:
        """Return when one more may pass."""
        await asyncio.sleep(await take_turns([self._limit]))


class EvenPace:
    """Let at most so many pass in any one second; the others wait for their turn."""

    def __init__(self, per_second: int) -> None:
        self._turns: deque[float] = deque(maxlen=per_second)

    async def wait(self) -> None:
        """Return when one more may pass."""
        now = turn = asyncio.get_running_loop().time()
        if len(self._turns) == self._turns.maxlen:
            turn = max(now, self._turns[0] + 1)
        self._turns.append(turn)
        await asyncio.sleep(turn - now)
