"""When something goes wrong in a door: refusals are explained, bugs are apologised for."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

from telegram import Update

from booking import notices
from booking.errors import Refusal
from handlers.context import Visit, answer, meet, show

Handler = Callable[[Update, Visit], Coroutine[Any, Any, None]]


def explained(handler: Handler) -> Handler:
    """Return a handler whose refusals are told to the customer above the start."""

    @wraps(handler)
    async def guarded(update: Update, visit: Visit) -> None:
        try:
            await handler(update, visit)
        except Refusal as refusal:
            guest = await meet(update, visit)
            await show(visit, guest, "home", remark=notices.refused(refusal))

    return guarded


async def apologise(update: Update, visit: Visit, *, report: str) -> None:
    """Tell the customer that something of ours broke, with the number it is logged under."""
    guest = await meet(update, visit)
    answer(update, visit)
    await show(visit, guest, "home", remark=notices.note("apology", report=report))


def not_shown(report: str) -> dict[str, Any]:
    """Return the remark for who could not be shown something."""
    return notices.note("apology.not_shown", report=report)


def is_apology(key: str) -> bool:
    """Tell whether a remark apologises: for what could not be sent nobody apologises again."""
    return key.startswith("apology")


async def nothing_here(update: Update, visit: Visit) -> None:
    """Answer a tap whose data we never wrote, or wrote in an older grammar."""
    guest = await meet(update, visit)
    answer(update, visit, guest.words.plain("toast.old_menu"))
    await show(visit, guest, "home")


async def unknown_command(update: Update, visit: Visit) -> None:
    """Say kindly that there is no such command."""
    guest = await meet(update, visit)
    await show(visit, guest, "page", "help", remark=notices.note("typed.unknown_command"))
