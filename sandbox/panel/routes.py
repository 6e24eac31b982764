"""Where the page and its parts are found."""

from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler

from sandbox.clock import SandboxClock
from sandbox.panel import cast as people
from sandbox.panel import chats
from sandbox.panel.cast import CAST, Persona
from sandbox.panel.stream import Scene, Stream
from sandbox.stripe import StripeSandbox
from sandbox.telegram import TelegramSandbox

PAGE = "index.html"
STATIC = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Panel:
    """Serve the page at `/`, its files, its stream and the files of chats."""

    def __init__(
        self,
        telegram: TelegramSandbox,
        stripe: StripeSandbox,
        clock: SandboxClock,
        cast: tuple[Persona, ...] = CAST,
    ) -> None:
        self._telegram, self._cast = telegram, cast
        self._scene = Scene(telegram, stripe, clock, cast)
        people.introduce(telegram, cast)

    def of_shop(self, name: str, zone: str) -> None:
        """Say whose shop it is and in which time zone the page shows the clock."""
        old = self._scene
        self._scene = Scene(old.telegram, old.stripe, old.clock, old.cast, name, zone)

    def mount(self, app: web.Application) -> None:
        """Register the page."""
        people.introduce(self._telegram, self._cast)
        stream = Stream(self._scene)
        app.on_shutdown.append(stream.stop)
        app.router.add_get("/", _page(PAGE))
        app.router.add_get("/favicon.ico", _page("icon.svg"))
        app.router.add_get(f"/t.me/{self._telegram.username}", _page("open.html"))
        app.router.add_get("/dashboard/{rest:.*}", _dashboard)
        app.router.add_get("/sandbox/panel/{name:[a-z0-9-]+\\.(js|css|svg)}", _static)
        app.router.add_get("/sandbox/stream", stream.serve)
        app.router.add_get("/sandbox/people", self._people)
        app.router.add_get("/sandbox/file/{chat:\\d+}/{message:\\d+}", self._file)

    async def _people(self, _request: web.Request) -> web.Response:
        shown = [chats.person(self._telegram.server, persona) for persona in self._cast]
        return web.json_response({"people": shown})

    async def _file(self, request: web.Request) -> web.Response:
        chat, number = int(request.match_info["chat"]), int(request.match_info["message"])
        message = self._telegram.server.message(chat, number)
        if message is None or not message.data:
            return web.Response(status=404, text="There is no such file.")
        document = message.content.get("document")
        headers = HEADERS | {"Content-Security-Policy": "default-src 'none'; sandbox"}
        kind = "image/png"
        if isinstance(document, dict):
            kind = str(document.get("mime_type") or "application/octet-stream")
            name = str(document.get("file_name")).replace('"', "")
            headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return web.Response(body=message.data, content_type=kind, headers=headers)


def _file_response(name: str) -> web.StreamResponse:
    file = STATIC / name
    if not file.is_file():
        return web.Response(status=404, text="There is no such page.")
    kind = TYPES.get(file.suffix, "text/html")
    return web.Response(body=file.read_bytes(), content_type=kind, charset="utf-8", headers=HEADERS)


def _page(name: str) -> Handler:
    async def show(request: web.Request) -> web.StreamResponse:
        # the way back from Checkout finds the page by its origin, which is written as 127.0.0.1
        if request.url.host == "localhost" and name == PAGE:
            raise web.HTTPFound(str(request.url.with_host("127.0.0.1")))
        return _file_response(name)

    return show


async def _dashboard(request: web.Request) -> web.StreamResponse:
    """Show the page, where Stripe's Dashboard is a part of it, at what the link leads to."""
    name = request.match_info["rest"].rpartition("/")[2]
    page = request.url.with_path("/")
    raise web.HTTPFound(str(page.with_fragment(f"dashboard/{name}") if name else page))


async def _static(request: web.Request) -> web.StreamResponse:
    return _file_response(request.match_info["name"])
