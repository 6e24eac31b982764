"""Jobs of the outbox: word them, deliver them, and know what to do when that fails."""

from typing import Final

from booking import customers
from booking import notices as notices_of
from booking.errors import Unavailable
from bot import logs
from bot.sender import Blocked, OutcomeUnknown, Sender
from bot.watch import Taps, nobody
from bot.work import GiveUp
from db import jobs
from db.deliveries import finish_told
from db.jobs import Job
from handlers import notices
from handlers.door import Door
from handlers.outgoing import Outgoing

log = logs.get(__name__)

WORDING_TRIES: Final = 3
MOST_TRIES: Final = 20
"""So often one message is tried while Telegram takes others: then the admins are told of it."""
MUST_ARRIVE: Final = (
    "receipt_",
    "payment_parked",
    "late_returned",
    "cancelled_by_shop",
    "refund_",
    "admin_card",
)
"""Kinds kept for a customer who blocked the bot, and repeated until Telegram has said yes.

A repeat is sent only after Telegram has answered something else: an outage makes no copies.

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
        if not _is_asked_for(job) and await customers.is_blocked(telegram_id=_chat(job)):
            await self._keep(job)
            return
        try:
            await self._deliver_all(job)
        except Blocked as error:
            log.info("customer cannot be reached", why=str(error))
            await self._keep(job)

    async def _deliver_all(self, job: Job) -> None:
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
        if job.id in self._doubted and not await self._sender.is_answered():
            raise Unavailable("Telegram does not answer")
        try:
            await self._sender.deliver(message)
        except OutcomeUnknown as doubt:
            if job.id in self._doubted and not _must_arrive(job):
                log.warning("message may not have arrived", kind=job.kind)
                return False
            self._doubted.add(job.id)
            await self._stop(job, doubt)
            raise Unavailable("Telegram did not answer") from doubt
        except Unavailable as away:
            await self._stop(job, away)
            raise
        return True

    async def _stop(self, job: Job, error: Exception) -> None:
        """Raise GiveUp when only this message fails, again and again: others wait behind it."""
        if job.attempts >= MOST_TRIES and await self._sender.is_answered():
            raise GiveUp(f"tried {job.attempts} times: {error}") from error

    async def _keep(self, job: Job) -> None:
        """Note that a chat cannot be reached; what must arrive is sent when its reader is back."""
        env = self._door.env
        if job.kind == "receipt_text":
            booking = job.payload["booking"]
            await notices_of.tell_admins(env, card="receipt_waits", about=job.key, booking=booking)
        waits = job if _must_arrive(job) else None
        if not await customers.blocked(env, telegram_id=_chat(job), waits=waits):
            raise GiveUp(customers.BLOCKED, alert=False)


def _must_arrive(job: Job) -> bool:
    return job.kind.startswith(MUST_ARRIVE) or job.payload.get("view") == "offer"


def _is_asked_for(job: Job) -> bool:
    """Tell whether somebody who is there waits for it: a screen, unless it is news."""
    return job.kind == "screen" and job.payload["view"] != "news"


def _chat(job: Job) -> int:
    return notices_of.chat_of(job.lane or "")
