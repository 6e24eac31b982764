"""The work of comparing our books with Stripe, put together: kinds of jobs and what they are."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from booking import sweeps
from booking.ports import Environment
from booking.reconcile import Compare
from bot.stripe_gateway import StripeGateway
from bot.stripe_lists import SlowStripe
from bot.work import Work
from handlers.missed_events import compare_events

BESIDES: Final[tuple[Compare, ...]] = (compare_events,)


def books_work(env: Environment, gateway: StripeGateway) -> Mapping[str, Work]:
    """Return what is done about the books, all of it at one pace."""
    stripe = SlowStripe(gateway)
    todo = {"sweep": sweeps.sweep, "end_day": sweeps.end_day, "reconcile": sweeps.answer}
    return {kind: partial(use_case, env, stripe, BESIDES) for kind, use_case in todo.items()}
