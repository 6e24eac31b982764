"""What the page is told, as it happens: server-sent events of what has changed."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.panel import books, chats
from sandbox.panel.cast import Persona
from sandbox.stripe import StripeSandbox
from sandbox.telegram import TelegramSandbox

LOOK_SECONDS = 0.05
SLOW_LOOKS = 5
"""The books and the people are looked at each so many looks: they change less often."""
ALIVE_SECONDS = 15.0
HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}


@dataclass(frozen=True)
class Scene:
    """What there is to see."""

    telegram: TelegramSandbox
    stripe: StripeSandbox
    clock: SandboxClock
    cast: tuple[Persona, ...]
    shop: str = ""
    zone: str = "UTC"


class Watcher:
    """Remember what one page was told, and find what is new."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._told: dict[object, str] = {}
        self._mark: object = None
        self._looks = 0

    def news(self) -> dict[str, object]:
        """Return what has changed since the last call; all of it at first."""
        first = self._looks == 0
        found: dict[str, object] = {}
        if self._looks % SLOW_LOOKS == 0:
            found |= {name: part for name, part in self._parts() if self._is_new(name, part)}
        self._looks += 1
        changed = list(self._messages())
        if changed or first:
            found["messages"] = changed
        return found | {"full": True} if first else found

    def _parts(self) -> Iterator[tuple[str, object]]:
        scene, server = self._scene, self._scene.telegram.server
        ahead = round(scene.clock.ahead, 1)
        if self._is_new("ahead", ahead):  # the page counts the seconds by itself
            yield "clock", {"now": scene.clock.now(), "ahead": ahead, "zone": scene.zone}
        yield "bot", chats.bot(server, scene.shop)
        yield "people", [chats.person(server, persona) for persona in scene.cast]
        yield "stripe", books.books(scene.stripe)

    def _messages(self) -> Iterator[object]:
        server = self._scene.telegram.server
        mark = server.revision, server.inbox.last_id, len(server.inbox.waiting)
        if mark == self._mark:
            return
        self._mark = mark
        for persona in self._scene.cast:
            for message in chats.messages(server, persona.id):
                if self._is_new((persona.id, message["message_id"]), message):
                    yield message

    def _is_new(self, name: object, part: object) -> bool:
        text = json.dumps(part, ensure_ascii=False, sort_keys=True)
        if self._told.get(name) == text:
            return False
        self._told[name] = text
        return True


class Stream:
    """Serve the stream until the page leaves or the server stops."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._stopping = asyncio.Event()

    async def stop(self, _app: web.Application) -> None:
        """Let go of every page; for `Application.on_shutdown`."""
        self._stopping.set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Tell one page what happens."""
        response = web.StreamResponse(headers=HEADERS)
        await response.prepare(request)
        watcher, number, silent = Watcher(self._scene), 0, 0.0
        try:
            while not self._stopping.is_set():
                news = watcher.news()
                silent += LOOK_SECONDS
                if news:
                    number, silent = number + 1, 0.0
                    text = json.dumps(news, ensure_ascii=False)
                    await response.write(f"event: state\nid: {number}\ndata: {text}\n\n".encode())
                elif silent >= ALIVE_SECONDS:
                    silent = 0.0
                    await response.write(b": still here\n\n")
                await self._pause()
            await response.write_eof()
        except ConnectionError:  # the page has left
            return response
        return response

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._stopping.wait()
        except TimeoutError:
            return
