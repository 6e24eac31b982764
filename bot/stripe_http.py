"""The HTTP beneath stripe's client: whole bodies or an error, and somebody told of every call."""

import time
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import stripe

from bot.outside import Outcome, outcome_of
from bot.watch import Calls, nobody

CONNECT_SECONDS: Final = 5
WORDS: Final = frozenset(
    {"account", "balance", "checkout", "disputes", "events", "expire", "refunds", "sessions"}
    | {"webhook_endpoints"}
)
"""What our paths consist of, ids apart."""


class WholeBodyClient(stripe.AIOHTTPClient):
    """Treat a cut or stalled body as a connection error, so that it is retried; stripe does not."""

    def __init__(self, seconds: float, watch: Calls = nobody) -> None:
        self._watch = watch
        timeout = aiohttp.ClientTimeout(total=seconds, connect=CONNECT_SECONDS)
        self.session = aiohttp.ClientSession()
        super().__init__(timeout=timeout, session=self.session)

    async def request_async(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: object = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Return body, status and headers; raise stripe.APIConnectionError when cut."""
        began, said = time.perf_counter(), f"{method.upper()} {_without_ids(url)}"
        try:
            answer = await super().request_async(method, url, headers, post_data)
        except (aiohttp.ClientError, TimeoutError) as error:
            self._watch(said, _ended(error), time.perf_counter() - began)
            self._handle_request_error(error)
        except stripe.APIConnectionError as error:
            self._watch(said, _ended(error.__cause__), time.perf_counter() - began)
            raise
        self._watch(said, outcome_of(answer[1]), time.perf_counter() - began)
        return answer


def _without_ids(url: str) -> str:
    """Return the path of a call with `:id` for whatever is none of the words we say to Stripe."""
    words = urlsplit(url).path.partition("/v1/")[2].split("/")
    return "/v1/" + "/".join(word if word in WORDS else ":id" for word in words)


def _ended(error: BaseException | None) -> Outcome:
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return Outcome.UNSENT
    return Outcome.TIMEOUT if isinstance(error, TimeoutError) else Outcome.CUT
