"""What happens when a job is given up: the admins are told, whoever waits is apologised to."""

from booking import notices
from booking.ports import Environment
from bot import logs
from bot.telegram import Dispatcher
from bot.updates import KIND
from db.jobs import Job

log = logs.get(__name__)


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
                await notices.tell_admins(
                    self._env, card="job_failed", about=report, why=why, booking=booking
                )
            if job.kind == KIND:
                await self._dispatcher.apologise(job, report)
        except Exception:
            log.exception("nobody could be told", report=report)
