"""The process: composition root, configuration, adapters, web server, workers, CLI."""

from bot.imports import without_unneeded

with without_unneeded():
    import structlog

__all__ = ["__version__", "structlog"]
__version__ = "0.1.0"
