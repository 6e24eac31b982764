"""What could be better about a configuration that is allowed, for `booking-bot check`."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.config import Settings
from bot.keys import key_file
from db.urls import SQLITE, engine_of, path_of

UNGUESSABLE: Final = 20
"""A secret of so many letters nobody guesses."""


def hints(settings: Settings) -> str:
    """Return the hints of a configuration, each after a semicolon; "" when there is none."""
    return "".join(f"; {one}" for one in (*_guessable(settings), *_open(settings)))


def _guessable(settings: Settings) -> Iterator[str]:
    secret = settings.telegram.webhook_secret.get_secret_value()
    if settings.telegram.receive == "webhook" and len(secret) < UNGUESSABLE:
        yield (
            "telegram.webhook_secret is short: whoever guesses it can act as anybody, an admin"
            " too; openssl rand -hex 32 makes a long one"
        )
    token = settings.web.metrics_token.get_secret_value()
    if 0 < len(token) < UNGUESSABLE:
        yield "web.metrics_token is short and can be guessed"


def _open(settings: Settings) -> Iterator[str]:
    url = settings.database.url.get_secret_value()
    database = path_of(url) if engine_of(url) == SQLITE else None
    files = [file for file in (settings.file, key_file(settings), database) if file]
    if named := [str(file) for file in files if is_open_to_all(file)]:
        yield f"everybody on this machine can read {', '.join(named)}: chmod o= {' '.join(named)}"


def is_open_to_all(file: Path) -> bool:
    """Tell whether a stranger on the machine can read a file: it, and the way to it, is open."""
    if not file.is_file() or not file.stat().st_mode & stat.S_IROTH:
        return False
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in file.resolve().parents)
