"""The desk of the admins: what is searched for, what work waits, and who did what."""

import re
from typing import Final

from telegram import Update

from booking import notices
from booking.retry import retry as begin_anew
from handlers.context import Visit, answer, meet, show
from handlers.keyboards import decode
from handlers.written import clean

LONGEST: Final = 200
_NUMBER: Final = re.compile("[0-9a-z]{1,12}")


async def find(update: Update, visit: Visit) -> None:
    """Search the bookings for what follows the command."""
    guest = await meet(update, visit)
    if not visit.args:
        await show(visit, guest, "home", remark=notices.note("find.usage"))
        return
    await show(visit, guest, "found", clean(" ".join(visit.args))[:LONGEST])


async def jobs(update: Update, visit: Visit) -> None:
    """Show what work waits and what was given up."""
    guest = await meet(update, visit)
    await show(visit, guest, "jobs")


async def retry(update: Update, visit: Visit) -> None:
    """Begin a job anew that was given up, and show what is left."""
    tap = decode(update.callback_query.data if update.callback_query else None)
    assert tap is not None
    guest = await meet(update, visit)
    number = int(tap.arg, 36) if _NUMBER.fullmatch(tap.arg) else 0
    actor = f"admin:{guest.customer.telegram_id}"
    done = await begin_anew(visit.env, job_id=number, actor=actor)
    answer(update, visit, guest.words.plain("toast.retrying" if done else "toast.old_menu"))
    await show(visit, guest, "jobs")


async def audit(update: Update, visit: Visit) -> None:
    """Show who did what last; of one booking when its reference follows the command."""
    guest = await meet(update, visit)
    reference = clean(visit.args[0]).upper() if visit.args else ""
    await show(visit, guest, "audit", reference[:LONGEST])
