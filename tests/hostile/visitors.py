"""Visitors who send half a header, keep the connection, and come back when they are turned out.

python -m tests.hostile.visitors PORT VISITORS SECONDS

They are a process of their own, so that what they cost is not taken for the bot's slowness. The
last line is how many connections ended and how long the longest was kept, in seconds.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.families.record import ROOT

AGAIN_SECONDS = 5
LONGER_SECONDS = 15
HALF = b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nX-Half: "


class Half(asyncio.Protocol):
    def __init__(self, over: asyncio.Future[None]) -> None:
        self._over = over

    def connection_made(self, transport) -> None:
        transport.write(HALF)

    def connection_lost(self, exc) -> None:
        if not self._over.done():
            self._over.set_result(None)


async def stay(port: int, end: float, lived: list[float]) -> None:
    loop = asyncio.get_running_loop()
    while time.monotonic() < end:
        over, began = loop.create_future(), time.monotonic()
        try:
            await loop.create_connection(lambda over=over: Half(over), "127.0.0.1", port)
            async with asyncio.timeout(max(0.1, end - began + LONGER_SECONDS)):
                await over
        except (OSError, TimeoutError):
            pass
        lived.append(time.monotonic() - began)
        await asyncio.sleep(AGAIN_SECONDS)


async def crowd(port: int, visitors: int, seconds: float) -> None:
    lived: list[float] = []
    end = time.monotonic() + seconds
    await asyncio.gather(*(stay(port, end, lived) for _ in range(visitors)))
    print(json.dumps([len(lived), max(lived)]))


@asynccontextmanager
async def standing(port: int, visitors: int, seconds: float) -> AsyncIterator[asyncio.Future]:
    """Have them stand there; the future is what their last line says."""
    words = [sys.executable, "-m", __name__, str(port), str(visitors), str(seconds)]
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=asyncio.subprocess.PIPE)

    async def said() -> tuple[int, float]:
        out, _ = await process.communicate()
        ended, longest = json.loads(out)
        return ended, longest

    told = asyncio.ensure_future(said())
    try:
        yield told
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


if __name__ == "__main__":
    os.nice(5)
    asyncio.run(crowd(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
