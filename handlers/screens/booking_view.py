"""A booking and its refunds, as the screens need them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.money import Money
from db.states import BookingState, EndReason, RefundState


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund and how it stands."""

    amount: Money
    state: RefundState


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingView:
    """A booking as its screens need it; names are in the reader's language."""

    reference: str
    status: BookingState
    service_key: str
    service: str
    staff: str
    kind: str
    start: datetime
    end: datetime
    held_until: datetime
    seats: int
    price: Money
    """Before the discount."""
    discount: Money
    coupon: str | None
    due: Money
    """Asked for online, the tip included, paid or not."""
    tip: Money
    onsite: Money
    paid: Money
    charged: bool
    """Any payment succeeded, whatever its amount and currency."""
    given_back: Money | None = None
    """What refunds that succeeded have returned of it."""
    with_bank: Money | None = None
    """What is disputed: a bank decides about it."""
    from_bank: Money | None = None
    """What a bank has given back after a dispute."""
    refundable: bool = False
    """Something of what was paid may still be given back by us."""
    refunds: Sequence[RefundView] = ()
    """Every refund, oldest first; for admins."""
    onsite_paid: bool = False
    end_reason: EndReason = EndReason.NONE
    was_confirmed: bool = False
    under_way: bool = False
    """A payment has been begun that has neither arrived nor failed."""
    pay_url: str | None = None
    payment_intent: str | None = None
    receipt_url: str | None = None
    contact: Mapping[str, str] | None = None
    """Name, phone and e-mail; for admins."""
    answers: Sequence[tuple[str, str]] = ()
    """Questions and what was answered; for admins."""

    @property
    def is_group(self) -> bool:
        """Tell whether more than one seat was booked."""
        return self.seats > 1

    @property
    def onsite_standing(self) -> Money:
        """Return what was paid on site, or is to be; nothing is due for what has ended."""
        stands = self.onsite_paid or self.status.keeps_seats
        return self.onsite if stands else Money(0, self.onsite.currency)

    @property
    def returning(self) -> Money:
        """Return what is on its way back and has not arrived."""
        return self._refunded(lambda state: state.is_open)

    @property
    def is_at_a_bank(self) -> bool:
        """Tell whether a dispute has taken money of it."""
        return bool(self.with_bank or self.from_bank)

    @property
    def kept(self) -> Money:
        """Return what of the money paid neither went back nor is on its way."""
        return self.paid - self._refunded(lambda state: state.counts)

    @property
    def all_back(self) -> bool:
        """Tell whether all that was paid is given back, or on its way."""
        return bool(self.paid) and self._refunded(lambda state: state.counts) == self.paid

    def _refunded(self, of: Callable[[RefundState], bool]) -> Money:
        own = (one.amount for one in self.refunds if of(one.state))
        currency = self.paid.currency
        return Money(sum(each.minor for each in own if each.currency == currency), currency)
