"""What may be wrong with a catalogue file."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong, or odd, in a file: which file, where in it, and why."""

    path: str
    key: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.path, self.key, self.reason) if part)


class CatalogMistakes(Exception):
    """The catalogue file cannot be used; every mistake in it is listed."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = list(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))
