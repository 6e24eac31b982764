"""Compare refunds: those at Stripe, the Dashboard's too, with those of our books."""

from collections.abc import Collection
from datetime import timedelta
from functools import partial
from typing import Final

from tortoise.expressions import Q

from booking.at_stripe import is_ours, pages
from booking.comparison import Comparison
from booking.money import Money
from booking.payment import payment_of
from booking.ports import StripeRefund
from booking.refund import ask_later
from booking.refund_books import book
from booking.report import Checked, Done, Found
from db.money_models import Attempt, Refund
from db.states import RefundState
from db.transactions import transactional

SOON: Final = timedelta(hours=1)
"""How long it is no wonder that Stripe was not asked yet for a refund."""


async def compare_refunds(run: Comparison) -> None:
    """Go through the refunds Stripe lists, then through ours that it did not list."""
    seen: set[str] = set()
    async for page in pages(partial(run.stripe.refunds, run.report.since)):
        for told in page:
            attempt = await payment_of(told)
            if attempt is not None or is_ours(told.payment_metadata, run.env.shop):
                seen.add(told.id)
                await _compare(run, told, attempt)
    for refund in await _unlisted(run, seen):
        found = await run.stripe.refund(refund.refund_id or "")
        if found is None:
            _miss(run, refund)
        else:
            await _compare(run, found, await payment_of(found))
    for refund in await _unasked(run):
        await _ask_again(run, refund)


async def _unlisted(run: Comparison, seen: Collection[str]) -> list[Refund]:
    """Return refunds that matter, made before the range or not where Stripe lists them."""
    open_ = Q(state__in=[RefundState.PENDING, RefundState.REQUIRES_ACTION])
    given = Q(state=RefundState.SUCCEEDED, created_at__gte=run.report.since)
    livemode = run.env.shop.livemode
    mode = Q(attempt__livemode=None) | Q(attempt__livemode=livemode)
    asked = Refund.filter(open_ | given, mode, refund_id__not_isnull=True)
    found = await asked.select_related("attempt__booking").order_by("id")
    return [one for one in found if one.refund_id not in seen]


async def _compare(run: Comparison, told: StripeRefund, attempt: Attempt | None) -> None:
    run.report.checked[Checked.REFUNDS] += 1
    ours = await Refund.get_or_none(refund_id=told.id)
    if attempt is not None and _differs(told, ours):
        # our books may have gone on since the list was made: both sides are read once more
        told = await run.stripe.refund(told.id) or told
        ours = await Refund.get_or_none(refund_id=told.id)
        if _differs(told, ours):
            ours = await _repair(run, told, attempt, ours)
    if attempt is None and told.payment_metadata.get("booking") in _would_be_paid(run):
        _tell(run, told, Done.WOULD, told.payment_metadata["booking"])
    if ours is not None and ours.state == RefundState.SUCCEEDED and attempt is not None:
        run.report.weigh(attempt.currency, ours=-ours.amount_minor, stripes=0)
    if told.status == RefundState.SUCCEEDED:
        run.report.weigh(told.currency, ours=0, stripes=-told.amount)


def _differs(told: StripeRefund, ours: Refund | None) -> bool:
    return ours is None or (ours.state, ours.amount_minor) != (told.status, told.amount)


async def _repair(
    run: Comparison, told: StripeRefund, attempt: Attempt, ours: Refund | None
) -> Refund | None:
    done = Done.WOULD
    if not run.report.dry:
        await book(run.env, told)
        ours = await Refund.get_or_none(refund_id=told.id)
        done = Done.NOTHING if _differs(told, ours) else Done.BOOKED
    _tell(run, told, done, attempt.booking.reference)
    return ours


def _would_be_paid(run: Comparison) -> set[str]:
    """Return the bookings whose payment was found and, being only looked at, not booked."""
    found = (one for one in run.report.differences if one.found == Found.PAID)
    return {one.reference for one in found if one.done == Done.WOULD}


def _tell(run: Comparison, told: StripeRefund, done: Done, reference: str) -> None:
    amount = Money(told.amount, told.currency)
    run.tell(Found.REFUND, done, reference=reference, about=told.id, amount=amount)


def _miss(run: Comparison, refund: Refund) -> None:
    run.report.checked[Checked.REFUNDS] += 1
    currency = refund.attempt.currency
    run.tell(
        Found.REFUND_MISSING,
        Done.NOTHING,
        reference=refund.attempt.booking.reference,
        about=refund.refund_id or "",
        amount=Money(refund.amount_minor, currency),
    )
    if refund.state == RefundState.SUCCEEDED:
        run.report.weigh(currency, ours=-refund.amount_minor, stripes=0)


async def _unasked(run: Comparison) -> list[Refund]:
    waiting = Refund.filter(
        state=RefundState.ASKED, refund_id=None, created_at__lt=run.report.at - SOON
    )
    return await waiting.select_related("attempt__booking").order_by("id")


async def _ask_again(run: Comparison, refund: Refund) -> None:
    run.report.checked[Checked.REFUNDS] += 1
    if not run.report.dry:
        await _enqueue(run, refund)
    run.tell(
        Found.REFUND_UNASKED,
        Done.WOULD if run.report.dry else Done.TAKEN_IN,
        reference=refund.attempt.booking.reference,
        amount=Money(refund.amount_minor, refund.attempt.currency),
    )


@transactional
async def _enqueue(run: Comparison, refund: Refund) -> None:
    about = f"again:{refund.id}:{run.report.at:%Y-%m-%d}"
    await ask_later(run.env, booking=refund.attempt.booking, about=about)
