"""What happens when a job is given up: the admins are told, whoever waits is apologised to."""

from typing import Final

from booking import notices
from booking.ports import Environment
from bot import logs
from bot.telegram import Dispatcher
from bot.updates import KIND
from db.fields import to_ms
from db.jobs import Job
from db.models import Customer
from handlers.errors import is_apology, not_shown

log = logs.get(__name__)

HOUR_MS: Final = 3_600_000
"""A chat that takes no screen is apologised to once in it."""
CARD_MS: Final = 600_000
"""And told of to the admins once in it."""


class Alerts:
    """Tell people of a dead letter; `report` is the number it is logged under."""

    def __init__(self, env: Environment, dispatcher: Dispatcher) -> None:
        self._env, self._dispatcher = env, dispatcher

    async def __call__(self, job: Job, report: str) -> None:
        """Write the messages down; a card that cannot be sent raises no further card."""
        try:
            if job.kind != "admin_card":
                why = f"{job.kind} {report}"
                booking = job.payload.get("booking")
                about = report
                if job.kind == "screen":  # of a chat that takes nothing one card is enough
                    about = f"{job.lane}:{to_ms(self._env.clock.now()) // CARD_MS}"
                await notices.tell_admins(
                    self._env, card="job_failed", about=about, why=why, booking=booking
                )
            if job.kind == KIND:
                await self._dispatcher.apologise(job, report)
            if job.kind == "screen" and not _apologises(job):
                await self._apologise_instead(job, report)
        except Exception:
            log.exception("nobody could be told", report=report)

    async def _apologise_instead(self, job: Job, report: str) -> None:
        """Show the start to whom a screen could not be shown: silence is no answer."""
        customer = await Customer.get_or_none(id=job.payload["customer"])
        if customer:
            remark = not_shown(report)
            hour = to_ms(self._env.clock.now()) // HOUR_MS
            key = f"instead:{customer.id}:{hour}"
            await notices.show(self._env, customer=customer, key=key, view="home", remark=remark)


def _apologises(job: Job) -> bool:
    note = job.payload["note"]
    return bool(note) and is_apology(note["key"])
