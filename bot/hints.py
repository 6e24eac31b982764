"""What could be better about a configuration that is allowed, for `booking-bot check`."""

import base64
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bot.config import Settings
from bot.keys import key_file
from bot.proxies import networks
from db.urls import SQLITE, engine_of, path_of

UNGUESSABLE: Final = 20
"""A secret of so many letters nobody guesses."""
FEW_LETTERS: Final = 6
"""No secret that was drawn has so few different ones."""
WHOLE_INTERNET: Final = {4: 8, 6: 16}
"""Below so many bits a network is no proxy's."""


def hints(settings: Settings) -> str:
    """Return the hints of a configuration, each after a semicolon; "" when there is none."""
    found = (*_guessable(settings), *_believing(settings), *_open(settings))
    return "".join(f"; {one}" for one in found)


def _guessable(settings: Settings) -> Iterator[str]:
    secret = settings.telegram.webhook_secret.get_secret_value()
    if settings.telegram.receive == "webhook" and is_guessable(secret):
        yield (
            "telegram.webhook_secret can be guessed: whoever does can act as anybody, an admin"
            " too; openssl rand -hex 32 makes a long one"
        )
    token = settings.web.metrics_token.get_secret_value()
    if token and is_guessable(token):
        yield "web.metrics_token can be guessed"
    key = settings.privacy.key.get_secret_value()
    if key and len(set(base64.b64decode(key))) < FEW_LETTERS:
        yield "privacy.key was not drawn at random: openssl rand -base64 32 does"


def is_guessable(secret: str) -> bool:
    """Tell whether a secret is too short, or of too few letters."""
    return len(secret) < UNGUESSABLE or len(set(secret)) < FEW_LETTERS


def _believing(settings: Settings) -> Iterator[str]:
    for network in networks(settings.web.trusted_proxies):
        if network.prefixlen < WHOLE_INTERNET[network.version]:
            yield (
                f"web.trusted_proxies has {network}: from there anybody can say who they are,"
                " and so read /metrics; name your proxies alone"
            )


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
