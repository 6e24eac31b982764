"""The states a stored row may be in, and the moves the memory permits."""

from collections.abc import Iterable
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


class DisputeState(StrEnum):
    """Where a dispute stands, in Stripe's words; `warning_…` is a bank's question, not yet more."""

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    APPEAL_NEEDS_RESPONSE = "appeal_needs_response"
    APPEAL_UNDER_REVIEW = "appeal_under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"

    @property
    def is_closed(self) -> bool:
        """Tell whether nobody has anything left to decide."""
        return self in {
            DisputeState.WARNING_CLOSED,
            DisputeState.WON,
            DisputeState.LOST,
            DisputeState.PREVENTED,
        }

    @property
    def needs_response(self) -> bool:
        """Tell whether the shop is asked for evidence."""
        return self in {
            DisputeState.WARNING_NEEDS_RESPONSE,
            DisputeState.NEEDS_RESPONSE,
            DisputeState.APPEAL_NEEDS_RESPONSE,
        }

    @property
    def took_money(self) -> bool:
        """Tell whether the bank has taken the money back, for good or until it decides."""
        return not self.startswith("warning_")

    @property
    def blocks_refunds(self) -> bool:
        """Tell whether the money is with the buyer or their bank: a refund would give it twice.

        A bank's mere question takes nothing yet, and a refund is a good answer to it
        (docs.stripe.com/disputes/how-disputes-work#inquiries).
        """
        return self not in {
            DisputeState.WARNING_NEEDS_RESPONSE,
            DisputeState.WARNING_UNDER_REVIEW,
            DisputeState.WARNING_CLOSED,
            DisputeState.WON,
        }


class EndReason(StrEnum):
    """Why a booking ended."""

    CUSTOMER = "customer"
    SHOP = "shop"
    PAYMENT_EXPIRED = "payment_expired"
    PAYMENT_FAILED = "payment_failed"
    SLOT_TAKEN = "slot_taken"
    NONE = ""


B, A, R, D = BookingState, AttemptState, RefundState, DisputeState

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

_DECIDED: Final = frozenset({D.WON, D.LOST, D.PREVENTED})
_APPEALED: Final = frozenset({D.APPEAL_NEEDS_RESPONSE, D.APPEAL_UNDER_REVIEW})

DISPUTE_MOVES: Final[dict[DisputeState, frozenset[DisputeState]]] = {
    # a question that is not settled becomes a dispute with the same id
    D.WARNING_NEEDS_RESPONSE: _DECIDED
    | _APPEALED
    | {D.WARNING_UNDER_REVIEW, D.WARNING_CLOSED, D.NEEDS_RESPONSE, D.UNDER_REVIEW},
    D.WARNING_UNDER_REVIEW: _DECIDED
    | _APPEALED
    | {D.WARNING_CLOSED, D.NEEDS_RESPONSE, D.UNDER_REVIEW},
    D.WARNING_CLOSED: frozenset(),
    D.NEEDS_RESPONSE: _DECIDED | _APPEALED | {D.UNDER_REVIEW},
    D.UNDER_REVIEW: _DECIDED | _APPEALED,
    # only an appeal opens again what was decided
    D.WON: _APPEALED,
    D.LOST: _APPEALED,
    D.APPEAL_NEEDS_RESPONSE: frozenset({D.APPEAL_UNDER_REVIEW, D.WON, D.LOST}),
    D.APPEAL_UNDER_REVIEW: frozenset({D.WON, D.LOST}),
    D.PREVENTED: frozenset(),
}

KEEPS_SEATS: Final = tuple(state for state in BookingState if state.keeps_seats)
AWAITS_MONEY: Final = tuple(state for state in BookingState if state.awaits_money)


def among(states: Iterable[StrEnum]) -> str:
    """Return states as SQL lists them: constants of the program, nothing anybody typed."""
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"
