"""A pretend Stripe for demos and tests: strict, in memory, over HTTP only."""

from sandbox.stripe.app import StripeSandbox
from sandbox.stripe.faults import Fault

__all__ = ["Fault", "StripeSandbox"]
