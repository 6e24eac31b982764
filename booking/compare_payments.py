"""Compare payments: Checkout sessions at Stripe with the attempts of our books."""

from collections.abc import Collection
from functools import partial
from typing import Final

from booking.at_stripe import is_ours, pages
from booking.comparison import Comparison
from booking.confirm import Standing, settle
from booking.money import Money
from booking.ports import CheckoutSession
from booking.release import fail, link_lost
from booking.report import Checked, Done, Found
from booking.reviews import Answer
from booking.unused import use
from booking.welcome import UNPAID
from db import attempt_facts
from db.money_models import Attempt, Review
from db.states import AttemptState
from db.transactions import run as execute

PAYABLE: Final = (AttemptState.CREATED, AttemptState.OPEN)
NOT_BEGUN: Final = (*PAYABLE, AttemptState.EXPIRED)
_FILL: Final = (
    "UPDATE attempt SET charge = COALESCE(charge, ?), receipt_url = COALESCE(receipt_url, ?),"
    " fee_minor = COALESCE(fee_minor, ?), net_minor = COALESCE(net_minor, ?) WHERE id = ?"
)


async def compare_payments(run: Comparison) -> None:
    """Go through the sessions Stripe lists, then through our attempts that it did not list."""
    seen: set[str] = set()
    async for page in pages(partial(run.stripe.sessions, run.report.since)):
        known = Attempt.filter(session_id__in=[one.id for one in page]).select_related("booking")
        attempts = {one.session_id: one for one in await known}
        for session in page:
            attempt = attempts.get(session.id)
            if attempt is not None or is_ours(session.metadata, run.env.shop):
                seen.add(session.id)
                await _compare(run, session, attempt or await _adoptable(session))
    for attempt in await _unlisted(run, seen):
        found = await run.stripe.session(attempt.session_id or "")
        if found is None:
            _miss(run, attempt)
        else:
            await _compare(run, found, attempt)


async def _unlisted(run: Comparison, seen: Collection[str]) -> list[Attempt]:
    """Return attempts that matter, begun before the range or not where Stripe lists them."""
    known = await attempt_facts.to_compare(since=run.report.since, livemode=run.env.shop.livemode)
    unseen = [attempt_id for attempt_id, session_id in known if session_id not in seen]
    if not unseen:
        return []
    return await Attempt.filter(id__in=unseen).select_related("booking").order_by("id")


async def _adoptable(session: CheckoutSession) -> Attempt | None:
    """Return the attempt that `confirm` would take a session for whose id we never got."""
    waiting = Attempt.filter(
        booking__reference=session.client_reference_id or "",
        session_id=None,
        state__in=[AttemptState.CREATED, AttemptState.EXPIRED],
    )
    return await waiting.select_related("booking").order_by("-number").first()


async def _attempt_of(session: CheckoutSession) -> Attempt | None:
    known = await Attempt.filter(session_id=session.id).select_related("booking").first()
    return known or await _adoptable(session)


def differs(session: CheckoutSession, attempt: Attempt | None) -> Found | None:
    """Name how an attempt differs from its session, both just read; None when it does not."""
    if attempt is None:
        return Found.STRANGER if session.status == "complete" else None
    if session.is_paid:
        return _paid(session, attempt)
    if session.status == "complete":
        return _under_way(session, attempt)
    return _unpaid(session, attempt)


def _under_way(session: CheckoutSession, attempt: Attempt) -> Found | None:
    if session.failed and attempt.state == AttemptState.PROCESSING:
        return Found.FAILED
    return Found.PROCESSING if attempt.state in NOT_BEGUN else None


def _unpaid(session: CheckoutSession, attempt: Attempt) -> Found | None:
    if session.status == "expired":
        return Found.EXPIRED if attempt.state in PAYABLE else None
    if attempt.state not in PAYABLE or not attempt.booking.status.awaits_money:
        return Found.PAYABLE
    return Found.UNSAVED if attempt.session_id is None else None


def _paid(session: CheckoutSession, attempt: Attempt) -> Found | None:
    if attempt.state != AttemptState.SUCCEEDED:
        return Found.PAID
    if (attempt.paid_minor, attempt.currency) != (session.amount_total, session.currency):
        return Found.AMOUNT
    here = (attempt.charge, attempt.fee_minor, attempt.net_minor)
    there = (session.charge, session.fee_minor, session.net_minor)
    news = any(ours is None and its is not None for ours, its in zip(here, there, strict=True))
    return Found.FEE if news else None


async def _compare(run: Comparison, session: CheckoutSession, attempt: Attempt | None) -> None:
    run.report.checked[Checked.PAYMENTS] += 1
    if await _is_news(session, attempt):
        # our books may have gone on since the list was made: both sides are read once more
        session = await run.stripe.session(session.id) or session
        attempt = await _attempt_of(session)
        found = await _is_news(session, attempt)
        if found:
            reference = attempt.booking.reference if attempt else session.client_reference_id
            amount = Money(session.amount_total, session.currency)
            done = await _repair(run, session, attempt, found)
            run.tell(found, done, reference=reference or "", about=session.id, amount=amount)
            attempt = await Attempt.get_or_none(session_id=session.id)
    _weigh(run, session, attempt)


async def _is_news(session: CheckoutSession, attempt: Attempt | None) -> Found | None:
    found = differs(session, attempt)
    if attempt is not None and found in {None, Found.FEE} and await _is_unused(attempt):
        return Found.UNUSED
    if found not in {Found.STRANGER, Found.AMOUNT}:
        return found
    asked = await Review.filter(session_id=session.id).order_by("-id").first()
    if asked is None:
        return found
    # a person has been asked already; but of a delayed payment its end may not be known
    unpaid = not asked.detail["paid"]
    if asked.closed_at is None and unpaid and session.failed:
        return Found.FAILED
    undecided = asked.closed_at is None or asked.answer == Answer.NEVER_CAME
    return found if undecided and unpaid and session.is_paid else None


async def _is_unused(attempt: Attempt) -> bool:
    waits = attempt.state == AttemptState.SUCCEEDED and attempt.booking.status in UNPAID
    return waits and await attempt_facts.is_unused(attempt.id)


async def _repair(
    run: Comparison, session: CheckoutSession, attempt: Attempt | None, found: Found
) -> Done:
    if found == Found.AMOUNT:
        return Done.NOTHING
    if run.report.dry:
        return Done.WOULD
    if found == Found.FEE and attempt is not None:
        values = (session.charge, session.receipt_url, session.fee_minor, session.net_minor)
        await execute(_FILL, (*values, attempt.id))
        return Done.BOOKED
    if found == Found.UNUSED and attempt is not None:
        return Done.BOOKED if await use(run.env, attempt.id) else Done.NOTHING
    standing = await settle(run.env, session)
    if found == Found.EXPIRED:
        await link_lost(run.env, session.id)
    if found == Found.FAILED:
        await fail(run.env, session.id)
    if found == Found.PAYABLE:
        closed = await run.stripe.expire(session.id)
        standing = await settle(run.env, closed) if closed else Standing.EXPIRED
        if standing == Standing.EXPIRED:
            return Done.CLOSED
    return Done.PARKED if standing == Standing.PARKED else Done.BOOKED


def _weigh(run: Comparison, session: CheckoutSession, attempt: Attempt | None) -> None:
    if attempt is not None and attempt.state == AttemptState.SUCCEEDED:
        run.report.weigh(attempt.currency, ours=attempt.paid_minor, stripes=0)
    if session.is_paid:
        run.report.weigh(session.currency, ours=0, stripes=session.amount_total)


def _miss(run: Comparison, attempt: Attempt) -> None:
    """Tell of a payment that Stripe does not have; who can pay no session needs none."""
    run.report.checked[Checked.PAYMENTS] += 1
    if attempt.state in PAYABLE:
        return
    run.tell(
        Found.MISSING,
        Done.NOTHING,
        reference=attempt.booking.reference,
        about=attempt.session_id or "",
        amount=Money(attempt.paid_minor or attempt.amount_minor, attempt.currency),
    )
    run.report.weigh(attempt.currency, ours=attempt.paid_minor, stripes=0)
