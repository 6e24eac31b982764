"""How fast this machine is right now: what a limit in milliseconds is worth on it."""

from collections.abc import Sequence
from statistics import median
from time import perf_counter
from typing import Final

ROUNDS: Final = 200_000
REFERENCE_SECONDS: Final = 0.016
"""What `spin` takes on the machine whose milliseconds the limits are, when it is idle."""


def spin() -> float:
    """Do a fixed piece of work; return the seconds it took."""
    begin, total = perf_counter(), 0
    for number in range(ROUNDS):
        total += number
    return perf_counter() - begin


def slowness(spins: Sequence[float]) -> float:
    """Return how many times slower than the reference this machine was, in the median; at least 1.

    The spins stand between what is measured, so that both suffer the same.
    """
    return max(1.0, median(spins) / REFERENCE_SECONDS)
