"""The grammar of callback data: `v1:<verb>:<ref>:<version>:<arg>`, at most 64 bytes.

A tap on a draft carries the draft's id and version in base 36, so that an old keyboard is
recognised; a tap on a booking carries its reference; what needs neither carries "-".
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from handlers.outgoing import Button, Style

GRAMMAR: Final = "v1"
NONE: Final = "-"
MAX_BYTES: Final = 64
ANEW: Final = "new"
"""Says of a tap on a booking that it is answered by a new message: a receipt stays what it is.
Says of "Book" that a booking which was begun may be dropped.
"""
ASK: Final = "ask"
"""Says of an admin's button on a booking that its question is to be asked."""
NO: Final = "no"
"""The answer to a question that leaves everything as it is."""
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
_PARTS: Final = 5
OFFERED_WITHIN: Final = timedelta(days=800)
"""So near lies every time a keyboard of ours names: `booking.max_days_ahead` is at most 730."""
CONTROLS: Final = r"\x00-\x1f"
"""In a pattern: what a button of ours never holds, and PostgreSQL never takes."""
_CONTROL: Final = re.compile(f"[{CONTROLS}]")


class Verb(StrEnum):
    """What a tap asks for."""

    # without a draft
    HOME = "home"
    BOOK = "book"
    BOOKINGS = "list"
    LANGUAGE = "lang"
    HELP = "help"
    FORGET = "fgt"
    OWN_DATA = "dat"
    # an open draft
    CONTINUE = "cont"
    SERVICE = "svc"
    STAFF = "stf"
    DAY = "day"
    MONTH = "mon"
    TIME = "tim"
    SEATS = "sea"
    ANSWER = "ans"
    SKIP = "skp"
    PAGE = "pag"
    BACK = "bck"
    CHANGE = "chg"
    COUPON = "cpn"
    TIP = "tip"
    CONFIRM = "cfm"
    NOTHING = "nop"
    # a booking
    SHOW = "show"
    PAID = "paid"
    CANCEL = "cxl"
    AGAIN = "agn"
    MUTE = "mut"
    COMING = "com"
    # money that came too late, for another time
    USE = "use"
    # an admin looks at a booking or a day, or has a job that was given up begun anew
    LOOK = "look"
    DATE = "date"
    RETRY = "rty"
    # an admin's answer, whether money is given back
    REFUND = "rfd"
    # an admin's decision about a payment that does not fit
    REVIEW = "rvw"
    # an admin's answer, whether our books are compared with Stripe
    RECONCILE = "rec"
    # an admin's answer, whether a booking is cancelled
    SHOP_CANCEL = "sxl"
    # an admin's mark, and its answer, whether the rest was paid on site
    ONSITE = "ons"


@dataclass(frozen=True, slots=True)
class Tap:
    """One press of a button, understood."""

    verb: Verb
    ref: str = NONE
    version: str = NONE
    arg: str = ""

    @property
    def draft_id(self) -> int:
        """Return the draft's id; 0 when the tap is about something else."""
        return _number(self.ref)

    @property
    def draft_version(self) -> int:
        """Return the draft's version the keyboard was made for; 0 when there is none."""
        return _number(self.version)


def encode(tap: Tap) -> str:
    """Write a tap as callback data."""
    data = f"{GRAMMAR}:{tap.verb}:{tap.ref}:{tap.version}:{tap.arg}"
    if len(data.encode()) > MAX_BYTES:
        raise ValueError(f"{data!r} exceeds {MAX_BYTES} bytes")
    return data


def decode(data: str | None) -> Tap | None:
    """Read callback data; None when it is not ours or of another grammar."""
    parts = (data or "").split(":", _PARTS - 1)
    if len(parts) != _PARTS or parts[0] != GRAMMAR or parts[1] not in set(Verb):
        return None
    if _CONTROL.search(data or ""):
        return None
    return Tap(Verb(parts[1]), parts[2], parts[3], parts[4])


def on_draft(draft_id: int, version: int, verb: Verb, arg: str = "") -> str:
    """Write callback data for a button that changes a draft."""
    return encode(Tap(verb, base36(draft_id), base36(version), arg))


def on_booking(reference: str, verb: Verb, arg: str = "") -> str:
    """Write callback data for a button about a booking."""
    return encode(Tap(verb, reference, NONE, arg))


def menu(verb: Verb, arg: str = "") -> str:
    """Write callback data for a button that needs neither draft nor booking."""
    return encode(Tap(verb, NONE, NONE, arg))


def one(text: str, data: str, style: Style | None = None) -> tuple[Button, ...]:
    """Return a row of one button."""
    return (Button(text, data=data, style=style),)


def rows_of(buttons: list[Button], width: int) -> tuple[tuple[Button, ...], ...]:
    """Break buttons into rows of at most `width`."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))


def base36(number: int) -> str:
    """Write a natural number in base 36."""
    written = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        written = _DIGITS[digit] + written
    return written or "0"


LARGEST_ID: Final = 2**31 - 1
"""What an id column holds; a larger number was written by nobody of us."""


def _number(written: str) -> int:
    if not written or not set(written) <= set(_DIGITS):
        return 0
    number = int(written, len(_DIGITS))
    return number if number <= LARGEST_ID else 0
