"""A comparison under way: with whom, and what was found so far."""

from dataclasses import dataclass

from booking.at_stripe import AtStripe
from booking.money import Money
from booking.ports import Environment
from booking.report import Difference, Done, Found, Report


@dataclass(frozen=True, slots=True)
class Comparison:
    """What each part of a comparison is given."""

    env: Environment
    stripe: AtStripe
    report: Report

    def tell(
        self,
        found: Found,
        done: Done,
        *,
        reference: str = "",
        about: str = "",
        amount: Money | None = None,
    ) -> None:
        """Add a difference to the report."""
        self.report.tell(Difference(found, done, reference, about, amount))
