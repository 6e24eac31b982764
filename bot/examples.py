"""The example files: beside the package in a checkout, inside it when installed from a wheel."""

from pathlib import Path
from typing import Final

CONFIG: Final = "config.example.toml"
CATALOG: Final = "catalog.example.toml"


def example(name: str) -> str:
    """Return the text of an example file."""
    room = Path(__file__).parent
    inside = room / name
    return (inside if inside.exists() else room.parent / name).read_text(encoding="utf-8")
