"""How fast one may speak: buckets of tokens for Telegram, an even pace for Stripe."""

import asyncio
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Final

CHAT_SHARE: Final = 1 / 25
"""One chat may get one of the 25 messages a second that a bot may send by default."""
CHAT_BURST: Final = 5.0
MOST_CHATS: Final = 10_000


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
        self._overall = Bucket(messages_per_second, messages_per_second, messages_per_second, 0)
        self._chat_rate = max(1.0, messages_per_second * CHAT_SHARE)
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
