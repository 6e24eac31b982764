"""How fast this machine is right now: what a limit in milliseconds is worth on it."""

from time import perf_counter
from typing import Final

ROUNDS: Final = 1_000_000
REFERENCE_SECONDS: Final = 0.08
"""What the loop below took, at best, on the machine whose milliseconds the limits are."""
TRIES: Final = 5


def slowness() -> float:
    """Return how many times slower than the reference this machine is now; never below 1."""
    return max(1.0, min(_spin() for _ in range(TRIES)) / REFERENCE_SECONDS)


def _spin() -> float:
    begin, total = perf_counter(), 0
    for number in range(ROUNDS):
        total += number
    return perf_counter() - begin
