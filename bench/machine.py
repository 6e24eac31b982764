"""How fast this machine is right now: what a limit in milliseconds is worth on it."""

from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from time import perf_counter
from typing import Final

from bench.availability import naive, shop

REFERENCE_SECONDS: Final = 0.0095
"""What the yardstick takes on the machine whose milliseconds the limits are, when it is idle."""


def yardstick() -> Callable[[], float]:
    """Return a fixed piece of work, a plain loop over a month; it gives the seconds it took."""
    work = partial(naive, *shop(1, 150))

    def measure() -> float:
        begin = perf_counter()
        work()
        return perf_counter() - begin

    return measure


def slowness(measured: Sequence[float]) -> float:
    """Return how many times slower than the reference this machine was, in the median; at least 1.

    The yardstick is laid between what is measured, so that both suffer the same.
    """
    return max(1.0, median(measured) / REFERENCE_SECONDS)
