"""Thousands of messages at once, in a Telegram that counts them: at its pace and never faster."""

import asyncio
import selectors
from collections import Counter

from booking import notices
from bot.pace import Pace
from db.jobs import backlog
from db.models import Booking, Customer
from db.transactions import run, transactional
from tests.outside.stage import stage
from tests.simulation.times import START, StoppedClock

A_CHAT = 5
"""So many messages each chat gets."""
FIRST = 5000
PER_SECOND = 25
HURRY_SECONDS = 0.01
PATIENT = 8
"""So many looks without a message in between: whoever may send has sent."""
SENDING = frozenset({"sendMessage", "sendDocument", "sendPhoto"})


class LoopClock(StoppedClock):
    """The clock of everybody goes with the timers of the loop, which may be hurried."""

    def __init__(self):
        super().__init__(START)
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    def now(self) -> float:
        return self._now + self._loop.time() - self._began


async def play(engine, folder, *, count: int) -> tuple[dict[str, str], dict]:
    """Send so many messages; return what was wrong with their pace, and figures."""
    url = engine.fresh()
    options = {"messages_per_second": PER_SECOND, "clock": LoopClock()}
    async with stage(folder, url, **options) as opened:
        await opened.comes_to_pay()
        opened.telegram.limits.on = True
        chats = await _customers(opened, max(1, count // A_CHAT))
        before = len(opened.telegram.calls)
        await _tell(opened, chats, count)
        loop = asyncio.get_running_loop()
        began = loop.time()
        seen = still = 0
        while (await backlog()).get("payment_link_late"):
            await asyncio.sleep(0.0005)
            known, seen = seen, len(opened.telegram.calls)
            still = still + 1 if known == seen else 0
            if url.startswith("sqlite") and still > PATIENT:  # on PostgreSQL the server's time goes
                loop.hurry(HURRY_SECONDS)
        took = loop.time() - began
        calls = [one for one in opened.telegram.calls[before:] if one.method in SENDING]
    engine.drop(url)
    return _judged(calls, count), {"messages": len(calls), "seconds at their pace": round(took)}


async def _customers(opened, number: int) -> list[Customer]:
    """Make customers with a booking each, as the only one there is."""
    for user in range(FIRST, FIRST + number):
        opened.telegram.person(user)
        opened.world.server.people.find(user).started = True
    await _rows(number)
    return await Customer.filter(telegram_id__gte=FIRST).order_by("id")


@transactional
async def _rows(number: int) -> None:
    one = await Booking.get().select_related("customer")
    columns = [
        name
        for name in one._meta.db_fields
        if name not in {"id", "reference", "customer_id", "draft_id"}
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    for user in range(FIRST, FIRST + number):
        made = await Customer.create(
            telegram_id=user, language="en", created_at=one.customer.created_at
        )
        await run(
            f"INSERT INTO booking (reference, customer_id, {names}) SELECT ?, ?, {names}"
            " FROM booking WHERE id = ?",
            (f"BK-{user:06}", made.id, one.id),
        )


@transactional
async def _tell(opened, customers, count: int) -> None:
    bookings = {one.customer_id: one for one in await Booking.all()}
    for number in range(count):
        customer = customers[number % len(customers)]
        await notices.tell(
            opened.world.app.environment,
            kind="payment_link_late",
            booking=bookings[customer.id],
            customer=customer,
            event=str(number),
        )


def _judged(calls, count: int) -> dict[str, str]:
    """Name what is wrong with the calls: one was refused as too fast, is missing, or twice."""
    wrong: dict[str, str] = {}
    refused = [call.error for call in calls if call.error]
    if refused:
        wrong["refused"] = f"{len(refused)}: {refused[0]}"
    if len(calls) != count:
        wrong["count"] = f"{len(calls)} of {count}"
    copies = Counter((str(call.params["chat_id"]), call.params["text"]) for call in calls)
    if max(copies.values(), default=0) > A_CHAT:
        wrong["copies"] = f"{max(copies.values())}"
    return wrong


def left_at(count: int, *, a_chat: int = A_CHAT) -> list[tuple[float, int]]:
    """Return when each of so many messages may leave, and to which chat, in time that jumps."""
    left: list[tuple[float, int]] = []

    async def everybody() -> None:
        pace, loop = Pace(PER_SECOND), asyncio.get_running_loop()

        async def one(chat: int) -> None:
            await pace.wait(chat)
            left.append((loop.time(), chat))

        await asyncio.gather(*(one(number // a_chat) for number in range(count)))

    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        runner.run(everybody())
    return left


def most_within(times: list[float], seconds: float) -> int:
    """Return how many lie within so many seconds at most."""
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


class _Impatient(selectors.DefaultSelector):
    """Where nothing is to be read, the time until the next timer passes at once."""

    loop = None

    def select(self, timeout=None):
        found = super().select(0)
        if not found and timeout and self.loop:
            self.loop.now += timeout
        return found


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is that of its timers alone."""

    now = 0.0

    def __init__(self):
        selector = _Impatient()
        super().__init__(selector)
        selector.loop = self

    def time(self) -> float:
        return self.now
