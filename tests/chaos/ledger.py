"""The diary of the simulation, that also counts what was said more than once."""

import asyncio
import time
from collections import Counter, defaultdict

from tests.simulation.diary import Diary

READ_EVERY, JUST_NOW = 0.3, 0.6


class Ledger(Diary):
    """What was said in each chat: a person who comes once is told nothing twice."""

    def __init__(self, telegram, stripe):
        super().__init__(telegram, stripe)
        self.said: dict[int, Counter] = defaultdict(Counter)
        self.spoken: dict[int, float] = {}
        """When something was said in a chat last."""
        self.readers: set[tuple[int, str]] = set()
        """Who read of which booking."""

    async def keep_reading(self) -> None:
        """Take down what is said, for ever."""
        while True:
            self.catch_up()
            await asyncio.sleep(READ_EVERY)

    def catch_up(self) -> None:
        """Take down what was said."""
        self.readers |= set(self.read())

    def repeated(self, chat: int) -> int:
        """Count the messages of a chat that had been sent before."""
        return sum(count - 1 for count in self.said[chat].values())

    def spoke_just_now(self, chat: int) -> bool:
        """Tell whether something was said in a chat that may not have been written down since."""
        return time.monotonic() - self.spoken.get(chat, float("-inf")) < JUST_NOW

    def _note(self, chat: int, method: str, shown: dict) -> set[str]:
        self.spoken[chat] = time.monotonic()
        if method != "editMessageText":
            name = (shown.get("document") or {}).get("file_name", "")
            self.said[chat][method, name, shown.get("text") or shown.get("caption") or ""] += 1
        return super()._note(chat, method, shown)
