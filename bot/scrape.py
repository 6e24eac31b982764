"""`GET /metrics`: for whom it is, and what it says, in the text format of Prometheus."""

import asyncio
import hmac
import ipaddress
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, Metric, generate_latest
from prometheus_client.registry import Collector

from booking.apart import Apart
from booking.ports import Clock
from bot import logs
from bot.gauges import from_database, gauge
from bot.metrics import Metrics
from bot.proxies import Network, client_address

log = logs.get(__name__)

PATIENCE_SECONDS: Final = 2.0
FORWARDED: Final = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
"""Who sends one of these stands between: the peer is not who asks."""
NOT_FOR_YOU: Final = "403: wanted is Authorization: Bearer …\n"
ONLY_HERE: Final = "403: only from this machine itself; or set web.metrics_token\n"


class _Chosen(Collector):
    """The families it is given, as the renderer wants them."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        """Return the families."""
        return self._families


class Scrape:
    """Answer Prometheus: by the token, or without one by who stands at the other end."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        clock: Clock,
        currency: str,
        token: str,
        proxies: Sequence[Network],
        reasons: Callable[[], Awaitable[dict[str, str]]],
        apart: Apart,
    ) -> None:
        self._metrics, self._clock, self._currency = metrics, clock, currency
        self._token, self._proxies = token.encode(), proxies
        self._reasons, self._apart = reasons, apart

    async def answer(self, request: web.Request) -> web.Response:
        """Return every metric; 403 for whom they are not."""
        if self._token and not self._knows_token(request):
            return web.Response(status=403, text=NOT_FOR_YOU)
        if not self._token and not self._stands_here(request):
            return web.Response(status=403, text=ONLY_HERE)
        body = generate_latest(_Chosen([*self._counted(), *await self._looked_up()]))
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_PLAIN_0_0_4})

    def _knows_token(self, request: web.Request) -> bool:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        told = given.strip().encode("utf-8", "surrogateescape")
        return kind.lower() == "bearer" and hmac.compare_digest(told, self._token)

    def _stands_here(self, request: web.Request) -> bool:
        """Tell whether this machine itself asks, by its own name and with nobody between."""
        return (
            not any(name in request.headers for name in FORWARDED)
            and _is_loopback(request.remote)
            and _is_loopback(client_address(request, self._proxies))
            # a page in a browser on this machine, or a proxy that passes the name on, has another
            and _is_loopback(urlsplit(f"//{request.host}").hostname)
        )

    def _counted(self) -> Iterator[Metric]:
        for family in self._metrics.registry.collect():
            family.samples = [s for s in family.samples if not s.name.endswith("_created")]
            yield family

    async def _looked_up(self) -> Iterable[Metric]:
        up = gauge("database_up", "Whether the database took a row and answered in time.")
        found, wrong = await asyncio.gather(self._from_database(), self._reasons())
        up.add_metric([], 1 if found and not wrong else 0)
        return [up, *found]

    async def _from_database(self) -> list[Metric]:
        try:
            asked = from_database(self._clock.now(), self._currency)
            return await self._apart.within(PATIENCE_SECONDS, asked, name="metrics")
        except Exception:
            log.warning("metrics without the database", exc_info=True)
            return []


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
