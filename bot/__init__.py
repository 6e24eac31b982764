"""The process: composition root, configuration, adapters, web server, workers, CLI."""

import os

from bot.imports import without_unneeded

# The kernel would send files by itself. When many visitors hang up in the middle of one, asyncio
# writes a traceback for each, which nothing of ours can catch.
os.environ.setdefault("AIOHTTP_NOSENDFILE", "1")

with without_unneeded():
    import structlog

__all__ = ["__version__", "structlog"]
__version__ = "0.1.0"
