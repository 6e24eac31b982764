"""All pairs: the fewest cases, nearly, in which every two values of two factors meet."""

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from typing import Any


def all_pairs(factors: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return cases, each one value a factor, that together hold every pair; always the same."""
    names = list(factors)
    every = [dict(zip(names, values, strict=True)) for values in product(*factors.values())]
    held = {number: _pairs(case) for number, case in enumerate(every)}
    missing = set().union(*held.values())
    chosen = []
    while missing:
        best = max(held, key=lambda number: len(held[number] & missing))
        missing -= held.pop(best)
        chosen.append(every[best])
    return chosen


def _pairs(case: Mapping[str, Any]) -> set[tuple[tuple[str, Any], ...]]:
    return set(combinations(case.items(), 2))
