"""Thousands of messages at once, in a Telegram that counts them: at its pace and never faster."""

import asyncio
from collections import Counter, defaultdict

from booking import notices
from db.jobs import backlog
from db.models import Booking, Customer
from db.transactions import run, transactional
from tests.outside.stage import stage
from tests.simulation.times import START, StoppedClock

A_CHAT = 5
"""So many messages each chat gets."""
FIRST = 5000
PER_SECOND, MOST_PER_SECOND = 25, 30
CHAT_BURST = 5
HURRY_SECONDS = 0.02
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
        while (await backlog()).get("payment_link_late"):
            await asyncio.sleep(0.002)
            if url.startswith("sqlite"):  # replicas on PostgreSQL share the time of its server
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
    """Name what is wrong with the times of calls."""
    wrong: dict[str, str] = {}
    refused = [call.error for call in calls if call.error]
    if refused:
        wrong["refused"] = f"{len(refused)}: {refused[0]}"
    if len(calls) != count:
        wrong["count"] = f"{len(calls)} of {count}"
    times = sorted(call.at for call in calls)
    if (most := _most(times, 1.0)) > MOST_PER_SECOND:
        wrong["pace"] = f"{most} messages in a second"
    chats = defaultdict(list)
    for call in calls:
        chats[str(call.params["chat_id"])].append(call.at)
    for chat, at in chats.items():
        if _most(sorted(at), 1.0) > CHAT_BURST + 1:
            wrong[f"chat {chat}"] = f"{_most(sorted(at), 1.0)} messages in a second"
    copies = Counter((str(call.params["chat_id"]), call.params["text"]) for call in calls)
    if max(copies.values(), default=0) > A_CHAT:
        wrong["copies"] = f"{max(copies.values())}"
    return wrong


def _most(times: list[float], seconds: float) -> int:
    """Return how many lie within so many seconds at most."""
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most
