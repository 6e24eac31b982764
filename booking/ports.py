"""What the domain needs from outside, said without naming who provides it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class CheckoutSession:
    """A Checkout session as Stripe describes it now; minor units, currency upper case."""

    id: str
    status: str
    """open, complete or expired."""
    payment_status: str
    """paid, unpaid or no_payment_required."""
    amount_total: int
    currency: str
    livemode: bool
    mode: str
    expires_at: datetime
    url: str | None = None
    client_reference_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    payment_intent: str | None = None
    charge: str | None = None
    receipt_url: str | None = None
    fee_minor: int | None = None
    net_minor: int | None = None
    failed: bool = False
    """Whether the last payment of it failed; never true where the payment was not read."""

    @property
    def is_paid(self) -> bool:
        """Tell whether the money is ours: complete and not unpaid (Stripe: fulfilment)."""
        return self.status == "complete" and self.payment_status != "unpaid"


@dataclass(frozen=True, slots=True)
class StripeRefund:
    """A refund as Stripe describes it now; minor units."""

    id: str
    status: str
    """pending, requires_action, succeeded, failed or canceled."""
    amount: int
    payment_intent: str | None
    charge: str | None
    why: str = ""
    """Stripe's word for why it is pending or failed; "" when it gives none."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    payment_metadata: Mapping[str, str] = field(default_factory=dict)
    """Of the payment it gives back; empty where that was not read."""
    currency: str = ""
    """Upper case."""


@dataclass(frozen=True, slots=True)
class StripeDispute:
    """A dispute as Stripe describes it now; minor units, currency upper case."""

    id: str
    status: str
    """A word of `db.states.DisputeState`."""
    amount: int
    currency: str
    reason: str
    """Stripe's word for what the buyer told their bank."""
    payment_intent: str | None
    charge: str | None
    created: datetime
    due_by: datetime | None = None
    """Until when evidence is taken."""
    payment_metadata: Mapping[str, str] = field(default_factory=dict)
    """Of the payment that is disputed; empty where that was not read."""


STORED_ERROR: Final = "stored_error"
"""The code of a PaymentRejected that repeats a server error under its key for ever."""


class PaymentRejected(Exception):
    """Stripe understood the call and refused it; nothing was created."""

    def __init__(self, code: str, param: str, message: str) -> None:
        super().__init__(message)
        self.code, self.param, self.message = code, param, message


class Payments(Protocol):
    """Stripe's sessions, refunds and disputes.

    Every method may raise `booking.errors.Unavailable`.
    """

    async def create(self, params: Mapping[str, Any], *, idempotency_key: str) -> CheckoutSession:
        """Create a session from exact API parameters; raise PaymentRejected on a 4xx."""
        ...

    async def retrieve(self, session_id: str) -> CheckoutSession | None:
        """Read a session with its payment intent, charge and fee; None when Stripe has none."""
        ...

    async def expire(self, session_id: str) -> CheckoutSession | None:
        """Expire an open session; return it as it is now, or None when Stripe has none."""
        ...

    async def refund(self, params: Mapping[str, Any], *, idempotency_key: str) -> StripeRefund:
        """Give money back by exact API parameters; raise PaymentRejected on a 4xx."""
        ...

    async def retrieve_refund(self, refund_id: str) -> StripeRefund | None:
        """Read a refund with the metadata of its payment; None when Stripe has none."""
        ...

    async def refunds_of(self, payment_intent: str) -> list[StripeRefund]:
        """List every refund of a payment."""
        ...

    async def retrieve_dispute(self, dispute_id: str) -> StripeDispute | None:
        """Read a dispute with the metadata of its payment; None when Stripe has none."""
        ...

    async def disputes_of(self, payment_intent: str) -> list[StripeDispute]:
        """List every dispute of a payment."""
        ...


class Clock(Protocol):
    """The injected clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class Randomness(Protocol):
    """The injected source of randomness."""

    def reference(self) -> str:
        """Return a fresh booking reference: BK- and 6 characters of Crockford base 32."""
        ...

    def key(self) -> str:
        """Return a fresh idempotency key: 32 hexadecimal characters."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What the operator decided about the shop; durations in minutes."""

    id: str
    """Installation id: the `shop` of our metadata at Stripe."""
    name: str
    timezone: ZoneInfo
    currency: str
    languages: tuple[str, ...] = ("en",)
    support: str = ""
    address: str = ""
    terms_url: str = ""
    privacy_url: str = ""
    tax_text: str = ""
    tips: tuple[int, ...] = ()
    public_url: str = ""
    livemode: bool = False
    admins: frozenset[int] = frozenset()
    admin_chat: int | None = None
    terms_consent: bool = False
    hold_minutes: int = 30
    late_offer_minutes: int = 30
    reminders_open_minutes: tuple[float, ...] = (10,)
    """After the first payment link."""
    reminders_before_hours: tuple[float, ...] = (24, 2)
    """Before the appointment."""
    slot_step_minutes: int = 15
    min_notice_minutes: int = 60
    max_days_ahead: int = 60
    max_open_bookings_per_customer: int = 3
    retention_days: int = 0
    """For how long persons are kept after their bookings; 0 keeps them."""

    @property
    def default_language(self) -> str:
        """Return the language of whoever has not chosen one."""
        return self.languages[0]

    def owns(self, metadata: Mapping[str, str]) -> bool:
        """Tell whether what carries this metadata at Stripe is ours."""
        return metadata.get("app") == "booking-bot" and metadata.get("shop") == self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutSubject:
    """What is being paid for, for whoever words the payment page."""

    reference: str
    language: str
    service: Mapping[str, str]
    """Name by language."""
    staff: Mapping[str, str]
    """Name by language."""
    start: datetime
    held_until: datetime
    seats: int
    due_minor: int
    onsite_minor: int
    discount_minor: int
    coupon: str | None
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckoutWords:
    """What the payment page says, and where its back link leads."""

    product: str
    description: str
    tip: str
    """What the line of a tip is called."""
    submit: str
    locale: str
    """A locale Stripe knows, or "auto"."""
    cancel_url: str


class Wording(Protocol):
    """Words for pages we do not render ourselves."""

    def checkout(self, subject: CheckoutSubject) -> CheckoutWords:
        """Word a payment page in the customer's language, within Stripe's lengths."""
        ...


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything a use case may ask for from outside."""

    shop: Shop
    clock: Clock
    payments: Payments
    randomness: Randomness
    wording: Wording
