"""The porter: how many visitors the web server keeps at once, and how long each may take.

aiohttp waits for ever for what a visitor does not send, and every connection is a descriptor: who
opens some hundreds and says nothing would shut Stripe and Telegram out. Here a header and a body
have a deadline, who has not said a whole header waits in the hall, and when the house is full
whoever has waited longest goes first.
"""

import asyncio
import os
import resource
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web
from typing_extensions import override

from bot.hall import Caller
from bot.seldom import Seldom
from bot.visit import Body, Patience, Visit

MOST: Final = 1000
"""Connections kept at once, however many descriptors there are."""
MOST_QUEUED: Final = 2048
"""Who does not fit into the queue comes again a second later."""
AT_ONE_GO: Final = 16
"""So many are let in before those who are here are listened to: a crowd at the door keeps nobody
waiting, and a newcomer has spoken long before a thousand others could push them out."""
ENOUGH: Final = 1024
"""Descriptors a machine gives without being asked; with fewer the house is small."""
SERVER: Final = "booking-bot"
CONTINUE: Final = "100-continue"

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


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
        most: int,
    ) -> None:
        self._places = most
        super().__init__(runner, backlog=MOST_QUEUED)
        self._host, self._port, self._patience = host, port, patience
        self._here = 0
        self._waiting: dict[Visit | Caller, None] = {}
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

        def take_in(caller: Caller, transport: asyncio.Transport, said: bytes) -> None:
            visit = Visit(self, server, self._patience, loop)
            self._waiting.pop(caller, None)
            self._waiting[visit] = None
            transport.set_protocol(visit)
            visit.connection_made(transport)
            visit.data_received(said)

        def caller() -> Caller:
            seconds = self._patience.head
            return Caller(seconds, came=self.came, left=self.left, take_in=take_in)

        # asyncio lets in as many at one go as may queue: it is told little, the system much
        listening = await loop.create_server(caller, self._host, self._port, backlog=AT_ONE_GO)
        for one in listening.sockets:
            with socket.socket(fileno=os.dup(one.fileno())) as same:
                same.listen(self._backlog)
        self._server = listening

    @override
    async def stop(self) -> None:
        """Listen no more; who is still in the hall leaves."""
        await super().stop()
        for one in [each for each in self._waiting if isinstance(each, Caller)]:
            one.turn_out()

    def _attended(self, handler: Handler) -> Handler:
        """Return a handler whose visitors are known to be busy, and have time for a body."""

        async def attended(request: web.BaseRequest) -> web.StreamResponse:
            visit = request.protocol
            assert isinstance(visit, Visit)
            if request.headers.get("Expect", CONTINUE).lower() != CONTINUE:
                return web.Response(status=417)  # aiohttp would repeat it, or fail to
            body = Body(request, self._patience.body, lambda: self._waiting.pop(visit, None))
            try:
                return await handler(request)
            finally:
                body.forget()
                if visit.connected:
                    self._waiting.pop(visit, None)
                    self._waiting[visit] = None

        return attended

    def came(self, visit: Visit | Caller) -> None:
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

    def left(self, visit: Visit | Caller) -> None:
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
