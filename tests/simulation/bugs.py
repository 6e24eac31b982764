"""Bugs to be planted, so that the laws are seen to catch them: make simulate BUG=name.

This is the one place where functions of the product are replaced: what is replaced is the mutant
under test, never something the product talks to.
"""

import random
import secrets
from contextlib import contextmanager

from aiohttp import web

from booking import confirm, late, release, requests, reviews
from booking.standing import Standing
from booking.welcome import ENDED, welcome
from bot import outbox, stripe_gateway, stripe_intake
from bot.sender import OutcomeUnknown
from db.models import Booking
from db.money_models import Attempt
from db.moves import move_attempt
from db.states import AttemptState


@contextmanager
def replaced(*places, by):
    """Put something in the place of what several owners know under a name."""
    before = [(owner, name, getattr(owner, name)) for owner, name in places]
    for owner, name, _ in before:
        setattr(owner, name, by)
    try:
        yield
    finally:
        for owner, name, was in before:
            setattr(owner, name, was)


def release_before_expire():
    """The place is given away first, and the session at Stripe is closed afterwards."""

    async def let_go(env, *, booking, to, reason, actor="system"):
        payable = [AttemptState.CREATED, AttemptState.OPEN]
        attempts = await Attempt.filter(booking_id=booking.id, state__in=payable)
        for attempt in attempts:
            await move_attempt(attempt.id, AttemptState.EXPIRED)
        await release._free(env, booking, to, reason, actor)
        for attempt in attempts:
            if attempt.session_id is not None:
                await env.payments.expire(attempt.session_id)
        return Standing.EXPIRED

    return replaced((release, "let_go"), (requests, "let_go"), by=let_go)


def acknowledge_before_commit():
    """Stripe is answered before the event is stored, and now and then the process dies between."""
    dies, store = random.Random(1), stripe_intake.StripeIntake.receive

    async def receive(self, request):
        if dies.random() < 0.1:
            return web.Response(text="ok")
        return await store(self, request)

    return replaced((stripe_intake.StripeIntake, "receive"), by=receive)


def fresh_refund_key():
    """Each time Stripe is asked for the same refund it is given another idempotency key."""
    ask = stripe_gateway.StripeGateway.refund

    async def refund(self, params, *, idempotency_key):
        return await ask(self, params, idempotency_key=f"{idempotency_key}{secrets.token_hex(4)}")

    return replaced((stripe_gateway.StripeGateway, "refund"), by=refund)


def any_amount():
    """Whatever was paid is taken for what was asked."""
    return replaced((confirm, "_misfit"), by=lambda env, session, attempt: "")


def late_without_place():
    """A late payment confirms its booking, and nobody looks whether the place is still free."""

    async def claim_again(env, booking):
        return await welcome(env, booking=booking, customer=booking.customer, sources=ENDED)

    return replaced((late, "claim_again"), by=claim_again)


def second_payment_kept():
    """A second payment is told of, and stays with the shop."""

    async def send_back(env, *, session, attempt, kind):
        booking = await Booking.get(id=attempt.booking_id)
        answer = reviews.Answer.RETURNED
        await reviews.park(env, kind=kind, session=session, booking=booking, answer=answer)
        return Standing.RETURNED

    return replaced((late, "send_back"), by=send_back)


def lost_is_sent():
    """A message whose answer was lost is taken for sent."""
    deliver = outbox.Sender.deliver

    async def deliver_once(self, message):
        try:
            await deliver(self, message)
        except OutcomeUnknown:
            return

    return replaced((outbox.Sender, "deliver"), by=deliver_once)


BUGS = {
    one.__name__: one
    for one in (
        release_before_expire,
        acknowledge_before_commit,
        fresh_refund_key,
        any_amount,
        late_without_place,
        second_payment_kept,
        lost_is_sent,
    )
}
