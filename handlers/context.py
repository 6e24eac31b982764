"""What every door of the chat receives: the world outside, and who is asking."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, ContextTypes, ExtBot

from booking import customers, notices
from booking.ports import Environment
from booking.turn import Turn
from db.models import Customer, Draft
from handlers.door import Door
from handlers.words import Words, negotiate
from handlers.written import clean_name

Stored = dict[Any, Any]
DOOR = "door"


class Visit(CallbackContext[ExtBot[None], Stored, Stored, Stored]):
    """One update, with the door it came through."""

    @property
    def door(self) -> Door:
        """Return what the process gave to the doors."""
        door = self.bot_data[DOOR]
        assert isinstance(door, Door)
        return door

    @property
    def env(self) -> Environment:
        """Return what use cases may ask for."""
        return self.door.env


BotApplication = Application[ExtBot[None], Visit, Stored, Stored, Stored, None]


def context_types() -> ContextTypes[Visit, Stored, Stored, Stored]:
    """Return how an application makes a Visit; put the Door under `DOOR` into its bot_data."""
    return ContextTypes(context=Visit)


@dataclass(frozen=True, slots=True)
class Guest:
    """Who asks, in which turn, and the words to answer with."""

    customer: Customer
    turn: Turn
    words: Words

    def already_answered(self, draft: Draft | None) -> bool:
        """Tell whether this very update changed the draft before: it is being handled again."""
        return draft is not None and draft.last_update_id == self.turn.update_id


async def meet(update: Update, visit: Visit, *, campaign: str | None = None) -> Guest:
    """Return who wrote or tapped; their app's language is taken until they choose one."""
    user = update.effective_user
    assert user is not None
    customer = await customers.meet(
        visit.env, telegram_id=user.id, name=clean_name(user.full_name or ""), campaign=campaign
    )
    if customer.language is None:
        spoken = negotiate(user.language_code, visit.env.shop)
        await customers.speak(customer, language=spoken)
    query = update.callback_query
    message = query.message if query is not None else None
    turn = Turn(
        customer=customer,
        update_id=update.update_id,
        message_id=message.message_id if message is not None else None,
    )
    return Guest(customer, turn, visit.door.words(customer))


async def show(
    visit: Visit,
    guest: Guest,
    view: str,
    ref: str | None = None,
    *,
    remark: Mapping[str, Any] | None = None,
) -> None:
    """Show a view (see handlers/views.py) as this turn's answer."""
    await notices.show(
        visit.env,
        customer=guest.customer,
        key=str(guest.turn.update_id),
        view=view,
        ref=ref,
        remark=remark,
        message_id=guest.turn.message_id,
    )


def answer(update: Update, visit: Visit, toast: str | None = None) -> None:
    """Stop the spinner of the tapped button, with a toast when there is something to say."""
    query = update.callback_query
    if query is not None:
        visit.door.answer(query.id, toast)
