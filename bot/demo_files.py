"""The files of a demo: a configuration and a catalogue, made once and then the user's to change."""

import base64
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot import files
from bot.config_text import Value, with_values
from bot.examples import CATALOG as SAMPLE
from bot.examples import CONFIG as TEMPLATE
from bot.examples import example

CONFIG: Final = "config.toml"
CATALOG: Final = "catalog.toml"
KEY_BYTES: Final = 32
Values = Mapping[tuple[str, str], Value]

_HEAD: Final = """\
# Made by `booking-bot demo`. Every other command works on it, as in
#   booking-bot export bookings --config {file}
# The addresses (api_url, host, port, public_url) are written anew at each start of the demo;
# everything else is yours to change. Delete this folder to start over.

"""
_SHOP: Final[Values] = {
    ("shop", "name"): "Studio Nord",
    ("shop", "timezone"): "Europe/Berlin",
    ("shop", "currency"): "EUR",
    ("shop", "languages"): ["en", "bn"],
    ("shop", "support"): "@studio_nord",
    ("shop", "address"): "Nordstr. 1, Berlin",
    ("log", "level"): "error",
}


def prepare(folder: Path, *, account: Values, addresses: Values) -> None:
    """Make the folder and what is missing in it, and write today's addresses.

    `account` are the tokens and keys of the pretend world, written once.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file, catalog = folder / CONFIG, folder / CATALOG
    if not catalog.exists():
        catalog.write_text(example(SAMPLE), encoding="utf-8")
    if file.exists():
        text = file.read_text(encoding="utf-8")
    else:
        key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        signing = [f"whsec_{secrets.token_hex(KEY_BYTES)}"]
        made = {**_SHOP, ("privacy", "key"): key, ("stripe", "webhook_secrets"): signing}
        _, _, body = example(TEMPLATE).partition("\n\n")
        text = _HEAD.format(file=file) + with_values(body, {**made, **account})
    files.overwrite(file, with_values(text, addresses))
