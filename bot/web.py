"""The web server: routes, limits and security headers; what a route does is written elsewhere."""

import os
from collections.abc import Mapping
from typing import Final, Self

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot import logs
from bot.porter import ENOUGH, Porter, descriptors, harden, places
from bot.stopped import CannotStart
from bot.visit import Patience

log = logs.get(__name__)

BODY_LIMIT: Final = 256 * 1024
BAD_REQUEST: Final = 400
SERVER_ERROR: Final = 500
SORRY: Final = "Something went wrong on our side."

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",  # session ids stand in our addresses
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
HSTS: Final = "max-age=31536000"
HARDENED: Final = web.AppKey("hardened", Mapping[str, str])


def application(*, https: bool) -> web.Application:
    """Return an application without routes that limits, hardens and never shows a traceback."""
    hardened = HEADERS | ({"Strict-Transport-Security": HSTS} if https else {})
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[_outermost(hardened)])
    app[HARDENED] = hardened
    app.router.add_get("/healthz", _alive)
    return app


def _outermost(hardened: Mapping[str, str]) -> Middleware:
    @web.middleware
    async def outermost(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as refusal:
            response = web.Response(status=refusal.status, text=refusal.reason)
            response.headers.update(_kept(refusal))
        except Exception as error:
            if error is request.content.exception():  # the body broke off, or is none
                response = web.Response(status=BAD_REQUEST, text="bad request")
            else:
                log.exception("page failed", path=request.path)
                response = web.Response(status=SERVER_ERROR, text=SORRY)
        harden(response, hardened)
        return response

    return outermost


def _kept(refusal: web.HTTPException) -> dict[str, str]:
    return {
        name: refusal.headers[name] for name in ("Allow", "Location") if name in refusal.headers
    }


async def _alive(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})


class PortTaken(CannotStart):
    """The web server cannot listen where it shall."""


class WebServer:
    """Listen while open; what is under way at the end is answered first."""

    def __init__(
        self,
        app: web.Application,
        *,
        host: str,
        port: int,
        shutdown: float = 8,
        patience: Patience | None = None,
        most: int | None = None,
    ) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=shutdown)
        self._host, self._port, self._patience = host, port, patience or Patience()
        self._most = most or places()

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        porter = Porter(
            self._runner,
            host=self._host,
            port=self._port,
            patience=self._patience,
            hardened=self._runner.app.get(HARDENED, HEADERS),
            most=self._most,
        )
        try:
            await porter.start()
        except OSError as error:
            await self._runner.cleanup()
            number = error.errno or 0
            why = os.strerror(number) if number > 0 else error.strerror
            where = f"{self._host}:{self._port}"
            raise PortTaken(f"web.port, web.host: cannot listen at {where}: {why}") from error
        limit, told = descriptors(), log.info if descriptors() >= ENOUGH else log.warning
        told("listening", descriptors=limit, places=self._most)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def port(self) -> int:
        """Return the port listened at, also when 0 was asked for."""
        found: int = self._runner.addresses[0][1]
        return found
