"""Imports as a running bot needs them: without rich, and quickly.

structlog has rich show every local variable of a traceback, secrets included, and httpx has a
command of its own that draws with it; we use neither, and both would cost every start 5 MB and a
tenth of a second. Whoever comes later, as Typer for its help, finds rich as usual.
"""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from types import ModuleType

NAMES: Final = ("rich", "pygments", "click")


@contextmanager
def quickly() -> Iterator[None]:
    """Let nobody look for garbage meanwhile: a sixth of an import; what is there then stays."""
    gc.disable()
    try:
        with without_rich():
            yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def without_rich() -> Iterator[None]:
    """Let what is imported meanwhile do without rich and what httpx needs beside it."""
    hidden = [name for name in NAMES if name not in sys.modules]
    modules = cast("dict[str, ModuleType | None]", sys.modules)
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
