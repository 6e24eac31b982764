"""Requests byte for byte, as no client would send them."""

import asyncio
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What came back for the first request; status 0 when the connection was just closed."""

    status: int
    headers: dict[str, str]
    body: str


async def send(port: int, *parts: bytes) -> Answer:
    """Send bytes, and read until the server has nothing more to say."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        async with asyncio.timeout(10):
            return await _answer(reader)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> Answer:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except (asyncio.IncompleteReadError, ConnectionError):
        return Answer(0, {}, "")
    first, *lines = head.strip().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    headers.pop("Date", None)
    size = int(headers.get("Content-Length", "0"))
    if headers.get("Connection") == "close":
        return Answer(
            int(first.split()[1]), headers, (await reader.read()).decode("utf-8", "replace")
        )
    try:
        body = await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError):
        body = b""
    return Answer(int(first.split()[1]), headers, body.decode("utf-8", "replace"))


def request(line: str, *headers: str, body: bytes = b"") -> bytes:
    """Write a request; a header that is sent raw may hold any byte below 256."""
    return "\r\n".join([line, *headers, "", ""]).encode("latin-1") + body
