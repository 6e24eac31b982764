"""A fixed piece of work to hold figures against: this machine as it is right now."""

from collections.abc import Callable
from functools import partial
from time import perf_counter

from bench.availability import naive, shop


def yardstick() -> Callable[[], float]:
    """Return a fixed piece of work, a plain loop over a month; it gives the seconds it took."""
    work = partial(naive, *shop(1, 150))

    def measure() -> float:
        begin = perf_counter()
        work()
        return perf_counter() - begin

    return measure
