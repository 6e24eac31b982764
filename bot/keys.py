"""The key that seals personal data: configured, or made once beside the database.

A PostgreSQL database has no place beside it: its key is made beside the configuration, and every
replica must be given the same.
"""

import base64
import secrets
from pathlib import Path
from typing import Final

from booking.caught import Caught
from bot import files, logs
from bot.config import ConfigurationError, Settings
from bot.settings_checks import SEALING_KEY_BYTES
from db import connection, installation, sealing
from db.sealing import Keyring
from db.urls import SQLITE, engine_of, path_of

log = logs.get(__name__)

FILE: Final = "privacy.key"


def privacy_key(settings: Settings) -> bytes:
    """Return the key's 32 bytes; make `privacy.key` when there is none yet."""
    configured = settings.privacy.key.get_secret_value()
    return base64.b64decode(configured or _kept(_file(settings)))


def old_keys(settings: Settings) -> list[bytes]:
    """Return the keys that were used before."""
    return [base64.b64decode(key.get_secret_value()) for key in settings.privacy.old_keys]


def keyring(settings: Settings) -> Keyring:
    """Return the key that seals and the older ones that still open."""
    return Keyring(privacy_key(settings), old_keys(settings))


def key_file(settings: Settings) -> Path | None:
    """Return the file the key lies in; None when the configuration holds the key itself."""
    return None if settings.privacy.key.get_secret_value() else _file(settings)


async def connect(settings: Settings) -> None:
    """Connect to the database with the key; refuse a key that cannot open what it holds.

    A key that had to be made just now is taken away again then: the lost one belongs there.
    """
    file = key_file(settings)
    is_new = file is not None and not file.exists()
    url = settings.database.url.get_secret_value()
    is_open = False
    async with Caught() as caught:
        await connection.connect(url, keyring=keyring(settings))
        is_open = True
        await _require_fitting_key()
    if is_new and file is not None:
        if isinstance(caught.error, ConfigurationError):
            file.unlink(missing_ok=True)
        else:  # another process may use it already
            log.warning(
                "made a key for personal data: back it up, apart from the database", file=str(file)
            )
    if caught.error:
        if is_open:
            await connection.close()
        raise caught.error


async def _require_fitting_key() -> None:
    kept = await installation.get(installation.SEALED_WITH)
    try:
        if kept is not None:
            sealing.unseal(bytes.fromhex(kept))
        elif (sample := await installation.something_sealed()) is not None:
            sealing.unseal(sample)
    except sealing.Tampered:
        raise ConfigurationError(
            "privacy.key: not the key this database was sealed with: restore that one from its"
            " backup, or add it to privacy.old_keys"
        ) from None
    if kept is None:
        await installation.put(installation.SEALED_WITH, sealing.seal(b"booking-bot").hex())


def known_keys(settings: Settings) -> list[str]:
    """Return what stands in the key's file, for the log to hide; nothing when there is none."""
    file = key_file(settings)
    return [file.read_text(errors="replace").strip()] if file and file.is_file() else []


def carried_key(settings: Settings, url: str) -> Path | None:
    """Return the file in which the key must lie too once the database is at another URL, if any.

    Raises ConfigurationError when another key lies there.
    """
    if settings.privacy.key.get_secret_value():
        return None
    here, there = _file(settings), _file_of(settings, url)
    if here == there:
        return None
    if there.exists() and there.read_text().strip() != _kept(here):
        raise ConfigurationError(f"privacy.key: {there} is another key: move it away first")
    return None if there.exists() else there


def carry_key(settings: Settings, there: Path) -> None:
    """Put the key into one more file, for its owner alone."""
    there.parent.mkdir(parents=True, exist_ok=True)
    files.create(there, _kept(_file(settings)) + "\n")


def _file(settings: Settings) -> Path:
    return _file_of(settings, settings.database.url.get_secret_value())


def _file_of(settings: Settings, url: str) -> Path:
    folder = path_of(url).parent if engine_of(url) == SQLITE else settings.home
    return folder / FILE


def _kept(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        _make(file)
    text = file.read_text(encoding="ascii", errors="replace").strip()
    if len(text) != len(base64.b64encode(bytes(SEALING_KEY_BYTES))):
        raise ConfigurationError(f"privacy.key: {file} is damaged; restore it from a backup")
    return text


def _make(file: Path) -> None:
    """Write a fresh key; a race has one winner."""
    text = base64.b64encode(secrets.token_bytes(SEALING_KEY_BYTES)).decode()
    try:
        files.create(file, text + "\n")
    except FileExistsError:
        log.info("another process made the key first")
