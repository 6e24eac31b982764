"""All that the pretend Stripe remembers, its clock, its ids and its timers."""

import hashlib
import heapq
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.stripe.wire import Obj, missing

API_VERSION = "2026-10-28.endive"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Ids:
    """Ids as random as their seed: the same seed gives the same ids."""

    def __init__(self, seed: int | None) -> None:
        self._seed = secrets.token_hex(16) if seed is None else str(seed)
        self._count = 0

    def new(self, prefix: str, length: int = 24) -> str:
        """Return an id that begins with ``prefix``."""
        self._count += 1
        digest = hashlib.sha512(f"{self._seed}:{self._count}".encode()).digest()
        number = int.from_bytes(digest, "big")
        letters = []
        for _ in range(length):
            number, place = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[place])
        return prefix + "".join(letters)


class Timers:
    """What is to happen later, by a clock that may jump."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Run ``action`` once the clock has reached ``moment``."""
        self._count += 1
        heapq.heappush(self._heap, (moment, self._count, action))

    def run_due(self, now: float) -> bool:
        """Run what is due, earliest first; tell whether anything was."""
        ran = False
        while self._heap and self._heap[0][0] <= now:
            heapq.heappop(self._heap)[2]()
            ran = True
        return ran


def _forget(_event: Obj) -> None:
    return None


@dataclass
class Store:
    """The account: its objects by id in order of creation, and its settings."""

    clock: Callable[[], float] = time.time
    dates: Callable[[], float] | None = None
    """What the `Date` header of answers tells, when not the clock."""
    public_url: str = ""
    business_name: str = "Sandbox shop"
    ids: Ids = field(default_factory=lambda: Ids(None))
    timers: Timers = field(default_factory=Timers)
    on_event: Callable[[Obj], None] = _forget
    delivered: Callable[[str], bool] = bool
    sessions: dict[str, Obj] = field(default_factory=dict)
    line_items: dict[str, list[Obj]] = field(default_factory=dict)
    products: dict[str, Obj] = field(default_factory=dict)
    intent_data: dict[str, Obj] = field(default_factory=dict)
    payment_intents: dict[str, Obj] = field(default_factory=dict)
    charges: dict[str, Obj] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)  # charge → the card it was paid with
    balance_transactions: dict[str, Obj] = field(default_factory=dict)
    refunds: dict[str, Obj] = field(default_factory=dict)
    disputes: dict[str, Obj] = field(default_factory=dict)
    events: dict[str, Obj] = field(default_factory=dict)
    endpoints: dict[str, Obj] = field(default_factory=dict)
    secrets: dict[str, list[str]] = field(default_factory=dict)  # endpoint → signing secrets
    keys: dict[str, float | None] = field(default_factory=dict)  # secret key → when it ends
    request: Obj = field(default_factory=lambda: {"id": None, "idempotency_key": None})
    limits: dict[str, int] = field(default_factory=dict)  # currency → balance refunds may draw on
    country: str = "DE"
    terms_url_set: bool = False
    refund_delay: float = 60
    delayed_method_delay: float = 180
    dispute_delay: float = 0

    def now(self) -> int:
        """Return the clock's time in whole seconds."""
        return int(self.clock())

    def find(self, table: dict[str, Obj], identifier: str, what: str, param: str) -> Obj:
        """Return an object, or raise Stripe's 404."""
        found = table.get(identifier)
        if found is None:
            raise missing(what, identifier, param)
        return found

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Run ``action`` in ``seconds`` of the clock."""
        self.timers.at(self.clock() + seconds, action)
