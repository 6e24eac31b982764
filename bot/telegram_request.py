"""HTTP to the Bot API by aiohttp, telling what surely was not sent from what may have been.

httpx, PTB's own choice, logs the token at INFO and collapses under concurrency (measured: 123
button presses a second against 701).
"""

import time
from collections.abc import Mapping
from typing import Final, Self

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.outside import Outcome, outcome_of
from bot.watch import Calls, nobody

CONNECTIONS: Final = 128
CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
Body = bytes | aiohttp.FormData
JSON_HEADERS: Final = {"Content-Type": "application/json"}


class NotSent(NetworkError):
    """Nothing reached Telegram: the call may be repeated without doubling anything."""


class Transport:
    """One session with its pool; opened inside the running loop. `watch` is told of every call."""

    def __init__(self, watch: Calls = nobody) -> None:
        self._watch = watch
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=30)
        self._session = aiohttp.ClientSession(connector=connector)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def exchange(
        self,
        url: str,
        body: Body | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        method: str = "POST",
        seconds: float = READ_SECONDS,
    ) -> tuple[int, bytes]:
        """Return status and body; raise NotSent, TimedOut or NetworkError without the address."""
        began = time.perf_counter()
        try:
            status, raw = await self._exchange(url, body, headers, method, seconds)
        except NetworkError as error:
            self._watch(_named(url), _ended(error), time.perf_counter() - began)
            raise
        self._watch(_named(url), outcome_of(status), time.perf_counter() - began)
        return status, raw

    async def _exchange(
        self,
        url: str,
        body: Body | None,
        headers: Mapping[str, str] | None,
        method: str,
        seconds: float,
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NotSent("the session is closed")
        timeout = aiohttp.ClientTimeout(total=seconds + CONNECT_SECONDS, connect=CONNECT_SECONDS)
        try:
            async with self._session.request(
                method, url, data=body, headers=headers, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(type(error).__name__) from None
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None


def _named(url: str) -> str:
    """Return the method of the Bot API, which stands behind the token."""
    name = url.rpartition("/")[2]
    return name if name.isalpha() else "other"


def _ended(error: NetworkError) -> Outcome:
    if isinstance(error, NotSent):
        return Outcome.UNSENT
    return Outcome.TIMEOUT if isinstance(error, TimedOut) else Outcome.CUT


class AiohttpRequest(BaseRequest):
    """Let PTB speak through our transport."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def read_timeout(self) -> float:
        """Return how long an answer may take, in seconds."""
        return READ_SECONDS

    async def initialize(self) -> None:
        """Leave the session to whoever opens the transport."""

    async def shutdown(self) -> None:
        """Leave the session to whoever closes the transport."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = None,
        write_timeout: object = None,
        connect_timeout: object = None,
        pool_timeout: object = None,
    ) -> tuple[int, bytes]:
        """Make one call as PTB asks for it; our own pool decides the other timeouts."""
        del write_timeout, connect_timeout, pool_timeout
        seconds = read_timeout if isinstance(read_timeout, int | float) else READ_SECONDS
        headers = None
        body: Body | None = None
        if request_data and request_data.contains_files:
            body = _form(request_data)
        elif request_data:
            body, headers = request_data.json_payload, JSON_HEADERS
        return await self._transport.exchange(
            url, body, headers=headers, method=method, seconds=seconds
        )


def _form(data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
