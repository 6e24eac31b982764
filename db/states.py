"""The states a stored row may be in, and the moves the memory permits."""

from enum import StrEnum
from typing import Final


class BookingState(StrEnum):
    """Where a booking stands."""

    HELD = "held"
    AWAITING_PAYMENT = "awaiting_payment"
    PROCESSING = "processing"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"
    EXPIRED = "expired"

    @property
    def keeps_seats(self) -> bool:
        """Tell whether a booking in this state occupies its seats."""
        return self not in {BookingState.CANCELLED, BookingState.EXPIRED}

    @property
    def awaits_money(self) -> bool:
        """Tell whether the booking still waits for its payment to begin."""
        return self in {BookingState.HELD, BookingState.AWAITING_PAYMENT}


class AttemptState(StrEnum):
    """Where one try to be paid stands; CREATED is written before Stripe is asked."""

    CREATED = "created"
    OPEN = "open"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    EXPIRED = "expired"

    @property
    def is_payable(self) -> bool:
        """Tell whether somebody may still pay this attempt."""
        return self in {AttemptState.CREATED, AttemptState.OPEN}


class RefundState(StrEnum):
    """Where one refund stands: ASKED is written before Stripe is asked, the rest are its words."""

    ASKED = "asked"
    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"

    @property
    def is_open(self) -> bool:
        """Tell whether Stripe has not said yet how the refund ends."""
        return self in {RefundState.ASKED, RefundState.PENDING, RefundState.REQUIRES_ACTION}

    @property
    def counts(self) -> bool:
        """Tell whether the amount is given back, or may yet be."""
        return self not in {RefundState.FAILED, RefundState.CANCELED}


class EndReason(StrEnum):
    """Why a booking ended."""

    CUSTOMER = "customer"
    SHOP = "shop"
    PAYMENT_EXPIRED = "payment_expired"
    PAYMENT_FAILED = "payment_failed"
    SLOT_TAKEN = "slot_taken"
    NONE = ""


B, A, R = BookingState, AttemptState, RefundState

MOVES: Final[dict[BookingState, frozenset[BookingState]]] = {
    # held -> confirmed and held -> processing: free bookings, and events that overtook our save
    B.HELD: frozenset({B.AWAITING_PAYMENT, B.PROCESSING, B.CONFIRMED, B.CANCELLED, B.EXPIRED}),
    B.AWAITING_PAYMENT: frozenset({B.PROCESSING, B.CONFIRMED, B.CANCELLED, B.EXPIRED}),
    B.PROCESSING: frozenset({B.CONFIRMED, B.CANCELLED, B.EXPIRED}),
    B.CONFIRMED: frozenset({B.COMPLETED, B.NO_SHOW, B.CANCELLED}),
    B.COMPLETED: frozenset({B.NO_SHOW}),
    B.NO_SHOW: frozenset({B.COMPLETED}),
    # a late payment, after the seats were claimed again
    B.CANCELLED: frozenset({B.CONFIRMED}),
    B.EXPIRED: frozenset({B.CONFIRMED}),
}

ATTEMPT_MOVES: Final[dict[AttemptState, frozenset[AttemptState]]] = {
    A.CREATED: frozenset({A.OPEN, A.PROCESSING, A.SUCCEEDED, A.FAILED, A.EXPIRED}),
    A.OPEN: frozenset({A.PROCESSING, A.SUCCEEDED, A.FAILED, A.EXPIRED}),
    A.PROCESSING: frozenset({A.SUCCEEDED, A.FAILED}),
    # what Stripe says of money is true even after we had written the attempt off
    A.FAILED: frozenset({A.SUCCEEDED}),
    A.EXPIRED: frozenset({A.PROCESSING, A.SUCCEEDED}),
    A.SUCCEEDED: frozenset(),
}

REFUND_MOVES: Final[dict[RefundState, frozenset[RefundState]]] = {
    R.ASKED: frozenset({R.PENDING, R.REQUIRES_ACTION, R.SUCCEEDED, R.FAILED, R.CANCELED}),
    R.PENDING: frozenset({R.REQUIRES_ACTION, R.SUCCEEDED, R.FAILED, R.CANCELED}),
    R.REQUIRES_ACTION: frozenset({R.PENDING, R.SUCCEEDED, R.FAILED, R.CANCELED}),
    # a bank may send money back days after Stripe called the refund succeeded
    R.SUCCEEDED: frozenset({R.FAILED}),
    R.FAILED: frozenset(),
    R.CANCELED: frozenset(),
}

KEEPS_SEATS: Final = tuple(state for state in BookingState if state.keeps_seats)
AWAITS_MONEY: Final = tuple(state for state in BookingState if state.awaits_money)
