"""The process: composition root, configuration, adapters, web server, workers, CLI."""

__version__ = "0.1.0"
