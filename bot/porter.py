"""The porter: how many visitors the web server keeps at once, and how long each may take.

aiohttp waits for ever for what a visitor does not send, and every connection is a descriptor: who
opens some hundreds and says nothing would shut Stripe and Telegram out. Here a header and a body
have a deadline, and when the house is full whoever has waited longest goes first.
"""

import asyncio
import resource
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web
from typing_extensions import override

from bot.seldom import Seldom

MOST: Final = 1000
"""Connections kept at once, however many descriptors there are."""
MOST_QUEUED: Final = 2048
"""Who does not fit into the queue comes again a second later."""
ENOUGH: Final = 1024
"""Descriptors a machine gives without being asked; with fewer the house is small."""
SERVER: Final = "booking-bot"
CONTINUE: Final = "100-continue"

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long visitors are waited for, in seconds."""

    head: float = 10.0
    """For a whole header: after connecting, and again after each answer."""
    body: float = 10.0
    """For a whole body, after its header."""
    answer: float = 15.0
    """For a visitor to take any of what was sent."""


def descriptors() -> int:
    """Return how many files and connections this process may have open."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def places() -> int:
    """Return how many connections are kept: half of the descriptors are for our own work."""
    limit = descriptors()
    return MOST if limit == resource.RLIM_INFINITY else min(MOST, limit // 2)


class Porter(web.BaseSite):
    """Listen at an address, and let nobody stand in the way of others."""

    __slots__ = (
        "_hardened",
        "_here",
        "_host",
        "_patience",
        "_places",
        "_port",
        "_waiting",
        "_warn",
    )

    def __init__(
        self,
        runner: web.AppRunner,
        *,
        host: str,
        port: int,
        patience: Patience,
        hardened: Mapping[str, str],
    ) -> None:
        self._places = places()
        # asyncio accepts as many at one go as may queue, and what is closed for them is closed a
        # turn later: both must have descriptors, too
        spare = min(4 * MOST_QUEUED, descriptors()) - self._places
        super().__init__(runner, backlog=max(1, min(MOST_QUEUED, spare // 4)))
        self._host, self._port, self._patience = host, port, patience
        self._here = 0
        self._waiting: dict[_Visit, None] = {}
        """Whoever has not sent a whole request, whoever has waited longest first."""
        self._hardened, self._warn = hardened, Seldom()

    @property
    def name(self) -> str:
        """Return the address."""
        return f"http://{self._host}:{self._port}"

    @override
    async def start(self) -> None:
        """Begin to listen."""
        await super().start()
        server = self._runner.server
        assert server is not None
        server.request_handler = self._attended(server.request_handler)
        loop = asyncio.get_running_loop()

        def visit() -> _Visit:
            return _Visit(self, server, self._patience, loop)

        self._server = await loop.create_server(
            visit, self._host, self._port, backlog=self._backlog
        )

    def _attended(self, handler: Handler) -> Handler:
        """Return a handler whose visitors are known to be busy, and have time for a body."""

        async def attended(request: web.BaseRequest) -> web.StreamResponse:
            visit = request.protocol
            assert isinstance(visit, _Visit)
            if request.headers.get("Expect", CONTINUE).lower() != CONTINUE:
                return web.Response(status=417)  # aiohttp would repeat it, or fail to
            deadline = None
            if request.content.is_eof():
                self._waiting.pop(visit, None)
            else:
                loop = asyncio.get_running_loop()
                deadline = loop.call_later(self._patience.body, _abort_unless_whole, request)
            try:
                return await handler(request)
            finally:
                if deadline is not None:
                    deadline.cancel()
                if visit.connected:
                    self._waiting.pop(visit, None)
                    self._waiting[visit] = None

        return attended

    def came(self, visit: "_Visit") -> None:
        """Take a visitor in; when it is full, whoever has waited longest leaves."""
        self._here += 1
        self._waiting[visit] = None
        if self._here > self._places:
            self._warn(
                "too many visitors", why="who waited longest is turned out", places=self._places
            )
            longest = next(iter(self._waiting))
            del self._waiting[longest]
            longest.turn_out()

    def left(self, visit: "_Visit") -> None:
        """Forget a visitor."""
        self._here -= 1
        self._waiting.pop(visit, None)

    def harden(self, answer: web.StreamResponse) -> None:
        """Give an answer our headers, should it come from aiohttp alone."""
        if answer.headers.get("Server") != SERVER and not answer.prepared:
            harden(answer, self._hardened)


def harden(answer: web.StreamResponse, headers: Mapping[str, str]) -> None:
    """Give an answer the headers all of ours have, save those it has already."""
    for name, value in headers.items():
        answer.headers.setdefault(name, value)
    answer.headers["Server"] = SERVER


class _Visit(web.RequestHandler):
    """One connection."""

    __slots__ = ("_porter", "_seconds")

    def __init__(
        self,
        porter: Porter,
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
        self._porter, self._seconds = porter, patience.answer

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        wire: socket.socket = transport.get_extra_info("socket")
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(self._seconds * 1000))
        super().connection_made(transport)
        self._porter.came(self)

    @override
    def connection_lost(self, exc: BaseException | None) -> None:
        self._porter.left(self)
        super().connection_lost(exc)

    @override
    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        self._porter.harden(resp)
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


def _abort_unless_whole(request: web.BaseRequest) -> None:
    if not request.content.is_eof() and request.transport is not None:
        request.transport.abort()
