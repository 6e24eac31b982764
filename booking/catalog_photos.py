"""Photos of a catalogue: files below the folder of its own file."""

from pathlib import Path

from booking.catalog import Catalog
from booking.catalog_mistakes import Mistake


def missing_photos(catalog: Catalog, folder: Path, *, source: str) -> list[Mistake]:
    """Return the photos that are no files below the catalogue file's folder: none is shown."""
    return [
        Mistake(source, f"services.{service.key}.photo", f"{service.photo!r} is not a file")
        for service in catalog.services
        if service.photo is not None and below(folder, service.photo) is None
    ]


def below(folder: Path, name: str) -> Path | None:
    """Return a file of the folder; None when it is none, or a link that leads out of it."""
    file = (folder / name).resolve()
    return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
