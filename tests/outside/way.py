"""A way to the sandbox that can be shut: who dials then finds nobody listening."""

import asyncio
from contextlib import suppress


class Way:
    """A port of this machine that leads to another; opened by `open`, shut and opened again."""

    def __init__(self, target: int):
        self._target, self._server = target, None
        self._ends: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._visited, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def reopen(self) -> None:
        """Listen again, if it was shut."""
        if not self._server.is_serving():
            await self.open()

    def shut(self) -> None:
        """Stop listening, and drop whoever is there."""
        self._server.close()
        for end in self._ends:
            end.transport.abort()

    async def _visited(self, reader, writer) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target)
        ends = {writer, there_writer}
        self._ends |= ends
        await asyncio.gather(self._carry(reader, there_writer), self._carry(there_reader, writer))
        self._ends -= ends

    async def _carry(self, reader, writer) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        writer.close()
