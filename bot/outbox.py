"""Jobs of the outbox: word them, deliver them, and know what to do when that fails."""

from typing import Final

from booking import customers
from booking import notices as notices_of
from booking.errors import Unavailable
from bot import logs
from bot.runner import GiveUp
from bot.sender import Blocked, OutcomeUnknown, Sender
from bot.watch import Taps, nobody
from db import jobs
from db.deliveries import finish_told
from db.jobs import Job
from handlers import notices
from handlers.context import Door
from handlers.outgoing import Outgoing

log = logs.get(__name__)

WORDING_TRIES: Final = 3
MUST_ARRIVE: Final = (
    "receipt_",
    "payment_parked",
    "late_returned",
    "cancelled_by_shop",
    "refund_",
    "admin_card",
)
"""Kinds kept for a customer who blocked the bot, and repeated until Telegram has said yes.

So is the view of an offer: money waits for its answer.
"""


class Outbox:
    """Run the jobs of the `out:` lanes."""

    def __init__(self, door: Door, sender: Sender, shown: Taps = nobody) -> None:
        self._door, self._sender, self._shown = door, sender, shown
        self._delivered: dict[int, int] = {}
        self._doubted: set[int] = set()

    async def run(self, job: Job) -> None:
        """Deliver the job's messages; those that left before a retry do not leave again."""
        if await self._is_outdated(job):
            return
        messages = await self._worded(job)
        arrived = bool(messages)
        for number in range(self._delivered.get(job.id, 0), len(messages)):
            arrived = await self._deliver(job, messages[number])
            self._delivered[job.id] = number + 1
        if arrived and job.kind == "screen":
            self._shown(job.trace)
        if arrived and job.kind in notices.NOTICES:
            log.info("customer told", kind=job.kind)
            now = self._door.env.clock.now()
            await finish_told(job, booking_id=job.payload["booking"], now=now)
        self._delivered.pop(job.id, None)
        self._doubted.discard(job.id)

    async def _worded(self, job: Job) -> list[Outgoing]:
        """Word a job; what cannot be worded must not stand before the chat's other messages."""
        try:
            return await notices.render(self._door, job)
        except Exception as error:
            if job.attempts < WORDING_TRIES:
                raise
            raise GiveUp(f"cannot be worded: {type(error).__name__}: {error}") from error

    async def _is_outdated(self, job: Job) -> bool:
        """Tell whether a newer screen will rewrite the same message anyway."""
        if job.kind != "screen" or job.payload["mode"] != "edit":
            return False
        same = ("view", "ref", "message_id")
        return any(
            all(newer[name] == job.payload[name] for name in same) and not job.payload["note"]
            for newer in await jobs.newer_in_lane(job, "screen")
        )

    async def _deliver(self, job: Job, message: Outgoing) -> bool:
        """Deliver a message; False when it is not known to have arrived and that is the end."""
        kept = job.kind.startswith(MUST_ARRIVE) or job.payload.get("view") == "offer"
        try:
            await self._sender.deliver(message)
        except Blocked as error:
            log.info("customer cannot be reached", why=str(error))
            if job.kind == "receipt_text":
                await notices_of.tell_admins(
                    self._door.env,
                    card="receipt_waits",
                    about=job.key,
                    booking=job.payload["booking"],
                )
            waits = await customers.blocked(
                self._door.env, telegram_id=message.chat_id, waits=job if kept else None
            )
            if not waits:
                raise GiveUp(customers.BLOCKED, alert=False) from None
            return False
        except OutcomeUnknown as doubt:
            if job.id in self._doubted and not kept:
                log.warning("message may not have arrived", kind=job.kind)
                return False
            self._doubted.add(job.id)
            raise Unavailable("Telegram did not answer") from doubt
        return True
