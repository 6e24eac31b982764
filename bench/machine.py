"""A fixed piece of work to hold figures against: this machine as it is right now."""

from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Final

from bench.availability import naive, shop

REFERENCE_MS: Final = 9.5
"""What the fixed work took on the machine all limits in milliseconds were set on."""


def yardstick() -> Callable[[], float]:
    """Return a fixed piece of work, a plain loop over a month; it gives the seconds it took."""
    work = partial(naive, *shop(1, 150))

    def measure() -> float:
        begin = perf_counter()
        work()
        return perf_counter() - begin

    return measure


def slowness() -> float:
    """Return how many times slower this machine is now than the one of the limits; at least 1."""
    measure = yardstick()
    return max(1.0, median(measure() for _ in range(9)) * 1000 / REFERENCE_MS)
