"""Answers about the bot and the shop, the language, and being forgotten."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update

from booking import customers, notices, own_data
from booking import draft as drafts
from booking.errors import Refusal
from handlers import reading
from handlers.context import Guest, Visit, answer, meet, show
from handlers.keyboards import Verb, decode
from handlers.words import negotiate, offered


def page(name: str) -> Callable[[Update, Visit], Coroutine[Any, Any, None]]:
    """Return the handler that shows one of the pages of `screens/info.py`."""

    async def opened(update: Update, visit: Visit) -> None:
        guest = await meet(update, visit)
        answer(update, visit)
        await show(visit, guest, "page", name)

    return opened


async def tapped(update: Update, visit: Visit) -> None:
    """Open a page, choose a language, get one's data, or be forgotten after having said yes."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    if tap.verb == Verb.OWN_DATA:
        answer(update, visit, guest.words.plain("toast.own_data"))
        await own_data.ask(visit.env, guest.turn)
        return
    answer(update, visit)
    if tap.verb == Verb.LANGUAGE and tap.arg in offered(visit.env.shop):
        await _speak(visit, guest, tap.arg)
    elif tap.verb == Verb.FORGET and tap.arg:
        await _forget(visit, guest)
    else:
        names = {Verb.LANGUAGE: "language", Verb.FORGET: "forget"}
        await show(visit, guest, "page", names.get(tap.verb, "help"))


async def _speak(visit: Visit, guest: Guest, language: str) -> None:
    """Go on where the customer was, in the language they chose."""
    spoken = negotiate(language, visit.env.shop)
    await customers.speak(guest.customer, language=spoken)
    remark = notices.note("language.done")
    draft = await reading.open_draft(guest.customer)
    waiting = await reading.waiting_for_payment(guest.customer)
    if draft is not None:
        await drafts.show_again(visit.env, guest.turn, draft=draft, remark=remark)
    elif waiting is not None:
        await show(visit, guest, "booking", waiting.reference, remark=remark)
    else:
        await show(visit, guest, "home", remark=remark)


async def _forget(visit: Visit, guest: Guest) -> None:
    try:
        await customers.forget(visit.env, customer=guest.customer)
        remark = notices.note("forget.done")
    except Refusal as refusal:
        remark = notices.refused(refusal)
    await show(visit, guest, "home", remark=remark)
