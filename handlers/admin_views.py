"""The views only admins see: a day, a booking, the questions before something is done to it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from booking.errors import NothingToRefund, RefundDisputed, Refusal
from booking.mismatch import ends_without, may_be_confirmed, to_decide, waiting_for
from booking.refund import purse_of
from db.models import Booking
from handlers import cards, dispute_reading, reading
from handlers.asked import Asked
from handlers.screens import admin, books, evidence, onsite, refund, review
from handlers.screens.admin_buttons import look
from handlers.screens.screen import Screen


async def show_today(asked: Asked) -> Screen:
    """List the bookings of a day for an admin."""
    if not asked.is_admin:
        return admin.not_found(asked.words)
    on = date.fromisoformat(str(asked.ref))
    found = await reading.bookings_on(asked.door.env, on)
    return admin.today(asked.words, on, [await reading.view_of(asked.words, one) for one in found])


async def show_any_booking(asked: Asked) -> Screen:
    """Show an admin everything about a booking."""
    found = await reading.any_booking(str(asked.ref)) if asked.is_admin else None
    if found is None:
        return admin.not_found(asked.words)
    return await _all_of(asked, found)


async def _all_of(asked: Asked, found: Booking) -> Screen:
    view = await reading.view_of(asked.words, found)
    disputes = await dispute_reading.disputes_of(found)
    screen = admin.admin_booking(asked.words, view, disputes)
    waiting = [
        row
        for each in await waiting_for(found)
        for row in review.choices(
            asked.words, each, reference=found.reference, accept=may_be_confirmed(found)
        )
    ]
    return replace(screen, rows=(*waiting, *screen.rows))


async def show_review(asked: Asked) -> Screen:
    """Ask an admin whether a payment that does not fit is accepted or given back."""
    decision = review.Decision.read(str(asked.ref)) if asked.is_admin else None
    if decision is None:
        return admin.not_found(asked.words)
    try:
        waiting = await to_decide(decision.review_id)
    except Refusal as refusal:
        return Screen(text=asked.words(f"refusal.{refusal.code()}"))
    found = await reading.booking_by_id(waiting.booking_id) if waiting.booking_id else None
    view = await reading.view_of(asked.words, found) if found else None
    misfit = cards.misfit(asked.words, waiting.detail["misfit"])
    ends = found is not None and await ends_without(found)
    return review.question(asked.words, waiting, decision, view, misfit=misfit, ends=ends)


async def show_refund(asked: Asked) -> Screen:
    """Ask an admin whether money is given back; show the booking when none can be any more."""
    reference, _, written = str(asked.ref).partition(" ")
    found = await reading.any_booking(reference) if asked.is_admin else None
    question = refund.read(written)
    if found is None or question is None:
        return admin.not_found(asked.words)
    try:
        purse = await purse_of(found)
    except (NothingToRefund, RefundDisputed):
        return await _all_of(asked, found)
    return refund.refund(asked.words, await reading.view_of(asked.words, found), purse, question)


async def show_evidence(asked: Asked) -> Screen:
    """Show an admin the evidence about a disputed payment, with all that is known by now."""
    found = await reading.any_booking(str(asked.ref)) if asked.is_admin else None
    if found is None:
        return admin.not_found(asked.words)
    payment = await dispute_reading.asked_about(found)
    if payment is None:
        return await _all_of(asked, found)
    now = asked.door.env.clock.now()
    known = await dispute_reading.evidence_of(asked.words, found, payment, now=now)
    return Screen(
        text=evidence.evidence(asked.words, known), rows=(look(asked.words, found.reference),)
    )


async def show_reconcile(asked: Asked) -> Screen:
    """Ask an admin whether our books are compared with Stripe, or say what was answered."""
    if not asked.is_admin:
        return admin.not_found(asked.words)
    return books.ANSWERS.get(asked.ref, books.question)(asked.words, str(asked.ref))


async def show_onsite(asked: Asked) -> Screen:
    """Ask an admin whether the rest was paid on site."""
    reference, _, written = str(asked.ref).partition(" ")
    found = await reading.any_booking(reference) if asked.is_admin else None
    wish = onsite.read(written)
    if found is None or wish is None:
        return admin.not_found(asked.words)
    return onsite.onsite(asked.words, await reading.view_of(asked.words, found), wish)


VIEWS: Final[Mapping[str, Callable[[Asked], Awaitable[Screen]]]] = {
    "today": show_today,
    "any_booking": show_any_booking,
    "refund": show_refund,
    "review": show_review,
    "reconcile": show_reconcile,
    "onsite": show_onsite,
    "evidence": show_evidence,
}
