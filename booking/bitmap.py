"""Sets of 5-minute cells as Python integers, a bit per cell."""

from collections.abc import Iterable


def bitmap(spans: Iterable[tuple[int, int]], window: range) -> int:
    """Set the cells of [from, to) spans, counted from the window's first; the rest is cut off."""
    bits = 0
    for begin, end in spans:
        low, high = max(begin, window.start), min(end, window.stop)
        if low < high:
            bits |= (1 << high - window.start) - (1 << low - window.start)
    return bits


def smear(bits: int, width: int) -> int:
    """Set each cell from which `width` cells onward meet a set one, in log2(width) shifts."""
    reach = 1
    while reach < width:
        step = min(reach, width - reach)
        bits |= bits >> step
        reach += step
    return bits
