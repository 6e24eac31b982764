"""One visitor who has said a whole header, and how long they are waited for from then on."""

import asyncio
import socket
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from aiohttp import web
from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Patience:
    """How long visitors are waited for, in seconds."""

    head: float = 10.0
    """For a whole header: after connecting, and again after each answer."""
    body: float = 10.0
    """For a whole body, after its header."""
    answer: float = 15.0
    """For a visitor to take any of what was sent."""


class House(Protocol):
    """What a visitor is in."""

    def left(self, visit: "Visit") -> None:
        """Forget a visitor."""

    def harden(self, answer: web.StreamResponse) -> None:
        """Give an answer the headers all of ours have."""


class Visit(web.RequestHandler):
    """One connection."""

    __slots__ = ("_house", "_seconds")

    def __init__(
        self,
        house: House,
        server: web.Server,
        patience: Patience,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        options: dict[str, Any] = {
            "access_log": None,
            # until a request is whole, aiohttp ends a connection by its time for keep-alive
            "keepalive_timeout": patience.head,
            "lingering_time": patience.body / 2,
            # neither Stripe nor Telegram compress: a signature is over what was sent
            "auto_decompress": False,
        }
        super().__init__(server, loop=loop, **options)
        self._house, self._seconds = house, patience.answer

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        wire: socket.socket = transport.get_extra_info("socket")
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(self._seconds * 1000))
        super().connection_made(transport)

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        self._house.left(self)
        super().connection_lost(exc)

    @override
    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        self._house.harden(resp)
        return await super().finish_response(request, resp, start_time)

    @override
    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Return an answer that repeats nothing of what could not be read."""
        super().handle_error(request, status, exc, "")
        answer = web.Response(status=status, text=HTTPStatus(status).phrase)
        answer.force_close()
        return answer

    def turn_out(self) -> None:
        """End the connection at once, whatever was not sent yet."""
        if self.transport is not None:
            self.transport.abort()


class Body:
    """What a request brings after its header: when it is whole that is told, unless too late."""

    def __init__(
        self, request: web.BaseRequest, seconds: float, is_whole: Callable[[], object]
    ) -> None:
        self._request, self._is_whole = request, is_whole
        self._deadline: asyncio.TimerHandle | None = None
        if request.content.is_eof():
            is_whole()
            return
        self._deadline = asyncio.get_running_loop().call_later(seconds, self._turn_out)
        request.content.on_eof(self._came)

    def forget(self) -> None:
        """Wait for it no longer."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _came(self) -> None:
        if self._deadline is not None:
            self._is_whole()

    def _turn_out(self) -> None:
        if not self._request.content.is_eof() and self._request.transport is not None:
            self._request.transport.abort()
