"""The diary of the simulation, that also counts what was said more than once."""

import asyncio
from collections import Counter, defaultdict

from tests.simulation.diary import Diary

READ_EVERY = 0.3


class Ledger(Diary):
    """What was said in each chat: a person who comes once is told nothing twice."""

    def __init__(self, telegram, stripe):
        super().__init__(telegram, stripe)
        self.said: dict[int, Counter] = defaultdict(Counter)
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

    def _note(self, chat: int, method: str, shown: dict) -> set[str]:
        if method != "editMessageText":
            name = (shown.get("document") or {}).get("file_name", "")
            self.said[chat][method, name, shown.get("text") or shown.get("caption") or ""] += 1
        return super()._note(chat, method, shown)
