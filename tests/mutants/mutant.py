"""A mutant: the product with one guard taken out, and the tests that must miss it."""

import ast
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One guard taken out of one file; at least one of the tests must fail then."""

    name: str
    guard: str
    """What is taken out, in a sentence."""
    file: str
    old: str
    """Occurs exactly once in the file."""
    new: str
    tests: tuple[str, ...]
    """<file>::<function>, under tests/."""
    chosen: str = "sqlite"
    """Which cases of the tests are run (pytest -k); "" for all of them."""

    def put_into(self, root: Path) -> None:
        """Write the mutant over the file of a copy of the product."""
        path = root / self.file
        text = path.read_text()
        if wrong := self.mistake(text):
            raise ValueError(f"{self.name}: {wrong}")
        path.write_text(text.replace(self.old, self.new))

    def mistake(self, text: str) -> str:
        """Say why this file cannot be broken in this way any more; "" when it can."""
        if text.count(self.old) != 1:
            return f"the old text is {text.count(self.old)} times in {self.file}, not once"
        ast.parse(text.replace(self.old, self.new))
        return ""

    def missing(self, root: Path) -> list[str]:
        """Return which of its tests there are not."""
        return [test for test in self.tests if not _is_there(root / "tests", test)]


def _is_there(tests: Path, test: str) -> bool:
    file, _, name = test.partition("::")
    path = tests / file
    return path.exists() and any(
        f"{word} {name}(" in path.read_text() for word in ("\ndef", "\nasync def")
    )
