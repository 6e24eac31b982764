"""Imports as a running bot needs them: without rich and requests, and quickly.

structlog has rich show every local variable of a traceback, secrets included, httpx has a command
of its own that draws with it, and stripe loads requests though we give it a client of our own; we
use none of them, and they would cost every start 10 MB and a sixth of a second. Whoever comes
later, as Typer for its help, finds rich as usual.
"""

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from types import ModuleType

_ONE_AT_A_TIME: Final = threading.RLock()
NAMES: Final = ("rich", "pygments", "click", "requests")


@contextmanager
def quickly() -> Iterator[None]:
    """Let nobody look for garbage meanwhile: a sixth of an import; what is there then stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def without_unneeded() -> Iterator[None]:
    """Let what is imported meanwhile do without what we never use of it."""
    modules = cast("dict[str, ModuleType | None]", sys.modules)
    with _ONE_AT_A_TIME:
        hidden = [name for name in NAMES if name not in modules]
        modules.update(dict.fromkeys(hidden))
        try:
            yield
        finally:
            for name in hidden:
                if modules.get(name) is None:
                    modules.pop(name, None)
