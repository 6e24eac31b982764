"""The hall: who has come and not said what they want waits here, and costs next to nothing.

A task, a parser and a handler are made for a visitor whose header is whole, and for nobody else.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from typing_extensions import override

LONGEST_HEAD: Final = 16 * 1024
"""Of a header that is longer aiohttp is to say that it is too long."""
ENDS: Final = (b"\n\r\n", b"\n\n")

TakeIn = Callable[["Caller", asyncio.Transport, bytes], None]
Tell = Callable[["Caller"], None]


class Caller(asyncio.Protocol):
    """One connection until its first header is whole; then somebody else goes on with it."""

    __slots__ = ("_came", "_deadline", "_left", "_said", "_seconds", "_take_in", "_transport")

    def __init__(self, seconds: float, *, came: Tell, left: Tell, take_in: TakeIn) -> None:
        self._seconds, self._came, self._left, self._take_in = seconds, came, left, take_in
        self._transport: asyncio.Transport | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._said = b""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        loop = asyncio.get_running_loop()
        self._deadline = loop.call_later(self._seconds, self.turn_out)
        self._came(self)

    @override
    def data_received(self, data: bytes) -> None:
        said = self._said = self._said + data
        if not is_enough(said) or self._transport is None:
            return
        self._forget_deadline()
        self._take_in(self, self._transport, said)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        self._left(self)

    def turn_out(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()


def is_enough(said: bytes) -> bool:
    """Tell whether a header is whole, or will never be one."""
    return any(end in said for end in ENDS) or not said[:1].isalpha() or len(said) > LONGEST_HEAD
