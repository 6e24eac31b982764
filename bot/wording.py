"""Small words of the command line's English."""

from collections.abc import Sequence
from typing import Final

MOST_NAMED: Final = 5


def counted(number: int, noun: str) -> str:
    """Return the number with its noun, which gets an s unless there is one."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def first_line(error: object) -> str:
    """Return what an error says first; libraries go on with advice and details."""
    return next(iter(str(error).strip().splitlines()), "").strip()


def some_of(those: Sequence[object]) -> str:
    """Return the first of some things, and how many more there are."""
    more = f" and {len(those) - MOST_NAMED} more" if len(those) > MOST_NAMED else ""
    return ", ".join(map(str, those[:MOST_NAMED])) + more
