"""Where a command may write: never over what the shop lives by."""

from pathlib import Path
from typing import Final

from bot.commands.common import CommandFailed
from bot.config import Settings
from bot.keys import key_file, known_keys
from db.backup import CannotBackUp, require_another
from db.urls import SQLITE, engine_of, path_of

LOOKED_AT: Final = 1 << 20
"""No file of a secret is longer."""


def spare(file: Path, settings: Settings) -> None:
    """Raise CommandFailed where the database, the configuration, a key or a secret lies."""
    try:
        if file.exists():
            _spare(file, settings)
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}") from None
    except CannotBackUp as error:
        raise CommandFailed(str(error)) from None


def _spare(file: Path, settings: Settings) -> None:
    url = settings.database.url.get_secret_value()
    if engine_of(url) == SQLITE:
        require_another(path_of(url), file)
    for own in (settings.file, key_file(settings)):
        if own and own.exists() and file.samefile(own):
            raise CommandFailed(f"{file} is a file the shop needs: name another")
    if file.is_file() and _tells_a_secret(file, settings):
        raise CommandFailed(f"{file} has a secret of the shop in it: name another file")


def _tells_a_secret(file: Path, settings: Settings) -> bool:
    """Tell whether a secret stands in a file, as where the configuration names it by `…_file`."""
    with file.open("rb") as stream:
        begin = stream.read(LOOKED_AT)
    return any(one.encode() in begin for one in (*settings.secrets(), *known_keys(settings)))
