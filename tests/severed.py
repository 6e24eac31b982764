"""A way to a PostgreSQL server that can be cut: both ends stay open, and nothing arrives."""

import asyncio
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl, urlsplit, urlunsplit


class Way:
    """The URL that leads through here, and the knife."""

    def __init__(self):
        self.url = ""
        self._whole = asyncio.Event()
        self._whole.set()

    def cut(self) -> None:
        self._whole.clear()

    async def carry(self, reader, writer) -> None:
        try:
            while data := await reader.read(65536):
                await self._whole.wait()
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            await self._whole.wait()
            writer.close()


@asynccontextmanager
async def way_to(url: str):
    """Give a way to the server of a URL."""
    parts, way = urlsplit(url), Way()
    options = dict(parse_qsl(parts.query))
    folder = options.get("host", "")

    async def dial():
        if folder.startswith("/"):
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.5432")
        return await asyncio.open_connection(parts.hostname, parts.port or 5432)

    async def visited(reader, writer) -> None:
        there_reader, there_writer = await dial()
        await asyncio.gather(way.carry(reader, there_writer), way.carry(there_reader, writer))

    server = await asyncio.start_server(visited, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    user = (parts.username or "postgres") + (f":{parts.password}" if parts.password else "")
    way.url = urlunsplit(parts._replace(netloc=f"{user}@127.0.0.1:{port}", query=""))
    try:
        yield way
    finally:
        way._whole.set()
        server.close()
