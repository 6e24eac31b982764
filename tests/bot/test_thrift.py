"""What a burst used goes back to the system, though what stays lies scattered in it."""

import asyncio
import ctypes
from contextlib import suppress
from pathlib import Path

import pytest

from bot.thrift import give_back_memory

PIECE, PIECES = 60_000, 2000


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another libc")
async def test_what_a_burst_used_goes_back_to_the_system():
    burst = [bytearray(PIECE) for _ in range(PIECES)]
    stays = burst[::20]
    del burst
    before = resident()
    with suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await give_back_memory()
    assert len(stays) == PIECES // 20
    assert before - resident() > PIECE * PIECES / 2
