"""The process: composition root, configuration, adapters to the outside, web server, workers, CLI."""

__version__ = "0.1.0"
