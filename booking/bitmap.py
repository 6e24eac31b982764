"""Sets of 5-minute cells as Python integers, a bit per cell."""

from collections.abc import Iterable


def bitmap(spans: Iterable[tuple[int, int]], window: range) -> int:
    """Set the cells of [from, to) spans, counted from the window's first; the rest is cut off."""
    first, last = window.start, window.stop
    digits = bytearray(b"0") * len(window)  # the last cell first, as a number is written
    for begin, end in spans:
        low, high = max(begin, first), min(end, last)
        if low < high:
            digits[last - high : last - low] = b"1" * (high - low)
    return int(digits, 2) if digits else 0


def smear(bits: int, width: int) -> int:
    """Set each cell from which `width` cells onward meet a set one, in log2(width) shifts."""
    reach = 1
    while reach < width:
        step = min(reach, width - reach)
        bits |= bits >> step
        reach += step
    return bits
