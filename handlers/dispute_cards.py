"""Cards about disputes: with the evidence while an answer is due, else with the booking."""

from collections.abc import Mapping

from markupsafe import Markup

from db.money_models import Dispute
from db.states import DisputeState
from handlers import dispute_reading, reading
from handlers.door import Door
from handlers.outgoing import Button, Outgoing
from handlers.screens.admin import admin_booking
from handlers.screens.admin_buttons import look
from handlers.screens.dispute import card
from handlers.screens.evidence import evidence
from handlers.words import Words


async def render(door: Door, words: Words, payload: Mapping[str, object]) -> list[Outgoing]:
    """Word a card about a dispute, with a button that leads to it in Stripe's Dashboard."""
    dispute = await dispute_reading.dispute_by_id(payload["dispute"])
    chat = payload["chat"]
    if dispute is None or not isinstance(chat, int):
        return []
    view = dispute_reading.view_of(dispute, dispute.attempt.booking)
    about = await _about(door, words, dispute)
    button = Button(words.plain("button.dispute"), url=_address(door, dispute))
    rows = (look(words, view.reference),)
    text = card(words, str(payload["card"]), view, about)
    return [Outgoing(chat_id=chat, text=text, rows=((button,), *rows))]


async def _about(door: Door, words: Words, dispute: Dispute) -> Markup | None:
    booking = await reading.booking_by_id(dispute.attempt.booking_id)
    if booking is None:
        return None
    if not DisputeState(dispute.state).needs_response:
        return admin_booking(words, await reading.view_of(words, booking)).text
    now = door.env.clock.now()
    return evidence(
        words, await dispute_reading.evidence_of(words, booking, dispute.attempt, now=now)
    )


def _address(door: Door, dispute: Dispute) -> str:
    mode = "" if door.env.shop.livemode else "test/"
    return f"{door.dashboard}/{mode}disputes/{dispute.dispute_id}"
