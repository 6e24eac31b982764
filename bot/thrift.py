"""Memory that is not used any more goes back to the system.

glibc keeps what was freed between two things that stay: a burst leaves a process larger for ever,
by some 30 MB after minutes of load on PostgreSQL. Asking for it costs a millisecond.
"""

import asyncio
import ctypes
from typing import Final

SECONDS: Final = 30.0


async def give_back_memory() -> None:
    """Give back what is free, again and again; nothing where libc has no malloc_trim (3)."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    while trim is not None:
        trim(0)
        await asyncio.sleep(SECONDS)
