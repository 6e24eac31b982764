"""Group commit: whoever comes first commits for everybody who waits, one fsync for all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import islice
from typing import Final, Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

LARGEST: Final = 500


class _Entry(Generic[Item, Answer]):
    __slots__ = ("answers", "error", "item", "leads", "turn")

    def __init__(self, item: Item, *, leads: bool) -> None:
        self.item = item
        self.leads = leads
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Over when the item is settled, or when it is its caller's turn to lead."""
        self.answers: Sequence[Answer] = ()
        self.error: Exception | None = None

    def settle(self, answers: Sequence[Answer], error: Exception | None = None) -> None:
        self.answers, self.error = answers, error
        if not self.turn.done():
            self.turn.set_result(None)

    @property
    def is_settled(self) -> bool:
        return bool(self.answers) or self.error is not None


class GroupCommit(Generic[Item, Answer]):
    """Collect items of one event loop and flush them together.

    `flush` makes all of them durable and answers each, or raises and has done none. After a failed
    flush its items are tried one by one, so that one bad item does not reject the others. No task
    is made: the first caller leads one batch and then hands the lead to the next one waiting.
    """

    def __init__(self, flush: Callable[[Sequence[Item]], Awaitable[Sequence[Answer]]]) -> None:
        self._flush = flush
        self._waiting: dict[_Entry[Item, Answer], None] = {}
        self._led = False
        self._loop: asyncio.AbstractEventLoop | None = None

    async def submit(self, item: Item) -> Answer:
        """Return the item's answer once it is durable, or raise what its own flush raised."""
        self._stay_in_this_loop()
        entry: _Entry[Item, Answer] = _Entry(item, leads=not self._led)
        self._led = True
        self._waiting[entry] = None
        try:
            if not entry.leads:
                await entry.turn
            if not entry.is_settled:
                await self._lead()
        finally:
            self._waiting.pop(entry, None)
            if entry.leads:
                self._hand_over()
        if entry.error is not None:
            raise entry.error
        return entry.answers[0]

    def _stay_in_this_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._waiting, self._led = loop, {}, False

    def _hand_over(self) -> None:
        for entry in self._waiting:
            if not entry.turn.done():
                entry.leads = True
                entry.turn.set_result(None)
                return
        self._led = False

    async def _lead(self) -> None:
        # Everybody who becomes ready in this turn of the loop joins the batch.
        await asyncio.sleep(0)
        batch = list(islice(self._waiting, LARGEST))
        for entry in batch:
            del self._waiting[entry]
        try:
            await self._settle(batch)
        finally:
            # A cancelled leader leaves the others as they were: the next one leads.
            left = {entry: None for entry in batch if not entry.is_settled}
            self._waiting = left | self._waiting

    async def _settle(self, batch: Sequence[_Entry[Item, Answer]]) -> None:
        failure = _Failure()
        with failure:
            answers = await self._flush([entry.item for entry in batch])
            for entry, answer in zip(batch, answers, strict=True):
                entry.settle((answer,))
        if failure.error is None:
            return
        if len(batch) == 1:
            batch[0].settle((), failure.error)
            return
        for entry in batch:
            await self._settle([entry])


class _Failure:
    """Keep the error a block ended with, whichever it is: it belongs to another caller."""

    error: Exception | None = None

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        self.error = error if isinstance(error, Exception) else None
        return self.error is not None
