"""A raw client of the Bot API, and a sandbox that listens on a port."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from sandbox.telegram import TelegramSandbox

PNG = b"\x89PNG\r\n\x1a\n" + bytes(32)


@asynccontextmanager
async def listening(app: web.Application) -> AsyncIterator[str]:
    """Serve an application on a free port; gives its address."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class Client:
    def __init__(self, session: aiohttp.ClientSession, base: str, token: str) -> None:
        self.session, self.base, self.token = session, base, token

    async def call(self, method: str, **params) -> dict:
        url = f"{self.base}/bot{self.token}/{method}"
        async with self.session.post(url, json=params) as answer:
            body = await answer.json()
        assert body["ok"] == (answer.status == 200)
        return {**body, "status": answer.status}

    async def ok(self, method: str, **params):
        body = await self.call(method, **params)
        assert body["ok"], body
        return body["result"]

    async def upload(self, method: str, field: str, data: bytes, name: str, **params):
        form = aiohttp.FormData({key: str(value) for key, value in params.items()})
        form.add_field(field, data, filename=name)
        async with self.session.post(f"{self.base}/bot{self.token}/{method}", data=form) as answer:
            body = await answer.json()
        assert body["ok"], body
        return body["result"]


@asynccontextmanager
async def talking(telegram: TelegramSandbox) -> AsyncIterator[Client]:
    """Serve a sandbox and give a client of it."""
    async with listening(telegram.app) as base, aiohttp.ClientSession() as session:
        yield Client(session, base, telegram.token)
