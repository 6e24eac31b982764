"""What may be refused, and what may be away."""

import inspect
from datetime import datetime
from typing import ClassVar


class Refusal(Exception):
    """Sorry, that is not possible right now."""

    status: ClassVar[int] = 409
    """The HTTP status of a page or an API answer that refuses this way."""

    def __init__(self, **details: object) -> None:
        self.details = details
        """Named values for the words that explain the refusal."""
        super().__init__(self.explanation())

    @classmethod
    def explanation(cls) -> str:
        """Return the default explanation, in English."""
        return inspect.getdoc(cls) or ""

    @classmethod
    def code(cls) -> str:
        """Return the name a text or an API answer is looked up by."""
        return cls.__name__


class SlotTaken(Refusal):
    """Somebody else just took this time."""


class ServiceGone(Refusal):
    """Sorry, that service is no longer offered."""

    status = 410


class StaffGone(Refusal):
    """Sorry, that service is no longer offered by this staff member."""

    status = 410


class TooManySeats(Refusal):
    """One booking may not take so many seats."""

    status = 422


class TooManyOpenBookings(Refusal):
    """Please pay for or cancel one of your open bookings first."""


class TooManyHolds(Refusal):
    """So many bookings were begun within an hour; please go on later."""

    status = 429


class NotYours(Refusal):
    """That booking belongs to somebody else."""

    status = 403


class UnknownBooking(Refusal):
    """There is no such booking."""

    status = 404


class AlreadyPaid(Refusal):
    """The booking is already paid for."""


class AlreadyEnded(Refusal):
    """The booking has already ended."""


class NothingToPay(Refusal):
    """Nothing is due online for this booking."""


class HoldOver(Refusal):
    """The time is no longer held for you."""

    status = 410


class TooLate(Refusal):
    """It is too late for this."""


class TooSoon(Refusal):
    """That time is too soon to be booked."""


class TooFarAhead(Refusal):
    """That time is too far ahead to be booked yet."""


class StaleMenu(Refusal):
    """That menu is old; here is the current one."""


class InvalidAnswer(Refusal):
    """That answer does not fit the question."""

    status = 422


class PriceChanged(Refusal):
    """The price or the terms have changed; please look once more."""


class CouponUnknown(Refusal):
    """There is no such coupon."""

    status = 404


class TooManyCoupons(Refusal):
    """So many codes that there are not were written; please try again in an hour."""

    status = 429


class CouponNotYetValid(Refusal):
    """The coupon is not valid yet."""


class CouponExpired(Refusal):
    """The coupon is no longer valid."""

    status = 410


class CouponUsedUp(Refusal):
    """The coupon has been used as often as it may be."""


class CouponNotForService(Refusal):
    """The coupon is not for this service."""


class TipNotOffered(Refusal):
    """The tip is no longer offered."""


class OnsiteChanged(Refusal):
    """What is due on site, or whether it was paid, has changed meanwhile; please look once more."""


class BookingsOpen(Refusal):
    """A booking is still to come; please cancel it first."""


class RefundTooLarge(Refusal):
    """More than what is left of the payment cannot be given back."""

    status = 422


class NothingToRefund(Refusal):
    """Nothing was paid for this booking, or all of it has been given back."""


class RefundDisputed(Refusal):
    """The customer asked their bank for this money, so it is not given back here as well."""


class RefundChanged(Refusal):
    """What has been given back has changed meanwhile; please look once more."""


class OfferOver(Refusal):
    """The offer is over; the payment was used or is on its way back."""

    status = 410


class PaymentSettled(Refusal):
    """Somebody has already decided about this payment."""


class PaymentReturned(Refusal):
    """All of this payment has been given back, or is on its way: it pays for nothing any more."""


class NotPaidYet(Refusal):
    """The money has not arrived yet."""


class AlreadyBegun(Refusal):
    """The appointment has already begun."""


class PaymentUnderWay(Refusal):
    """The bank is still working on the payment."""


class CancellationDisputed(Refusal):
    """Your bank is looking at the payment, so the booking cannot be cancelled here."""


class CancellationChanged(Refusal):
    """What cancelling gives back has changed meanwhile; please look once more."""


class Unavailable(Exception):
    """Something outside is down or busy; the same call may succeed later."""

    def __init__(
        self, message: str = "", *, retry_after: float | None = None, refuses_key: bool = False
    ) -> None:
        super().__init__(message)
        self.refuses_key = refuses_key
        """It does not know our key: waiting does not help."""
        self.retry_after = retry_after
        """Seconds the other side asked us to wait, when it did."""


class Vanished(Exception):
    """Stripe told us of something, and says now that it has none."""


class NotYet(Exception):
    """The work is too early; nothing is wrong, and it is to be run again at an instant."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until.isoformat())
        self.until = until
