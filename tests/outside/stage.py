"""The whole shop for one cell of the matrix: one customer, one admin, one thing that fails."""

import asyncio
import re
import time
from contextlib import asynccontextmanager
from types import SimpleNamespace

from sandbox.stripe import Fault, payments
from tests.crowd import buttons, newest_buttons
from tests.outside.way import Way
from tests.simulation.laws import Laws
from tests.simulation.peace import Peace
from tests.simulation.world import ADMIN, World, open_world

ADA = 71
PLAIN, SLOW = "4242424242424242", "4000000000007726"
LASTING = 1_000_000
HONEST_SECONDS = 5
"""So soon everybody reads something true."""
SLOW_SECONDS = 80
DONE_SECONDS = 60
"""So soon after the last fault everything is done."""
STEP_SECONDS = 30
WAITS = 10
WORK_SECONDS = 0.2
"""Who has done nothing for so long, in real time, waits for something."""


class Stage:
    """What a cell can do and see."""

    def __init__(self, world: World, stripe: Way, telegram: Way):
        self.world, self.stripe_way, self.telegram_way = world, stripe, telegram
        self.telegram, self.stripe, self.books = world.telegram, world.stripe, world.books
        self.page, self.is_slow = "", False
        self._planned, self._fault = 0, None

    # what people do

    async def says(self, text: str, user: int = ADA) -> None:
        await self.telegram.say(user, text)
        await self.world.settle()

    async def tap(self, label: str, user: int = ADA) -> None:
        """Tap the newest button of that label, and wait for nothing."""
        await self.telegram.tap(user, label)

    async def taps(self, *labels: str, user: int = ADA) -> None:
        for label in labels:
            await self.tap(label, user)
            await self.world.settle()

    async def comes_to_confirm(self, user: int = ADA) -> None:
        await self.says("/start svc_cut", user)
        await self.taps("^Chair", r"\b2\b", r"^\d\d:\d\d", user=user)
        await self.telegram.share_contact(user)
        await self.world.settle()

    async def comes_to_pay(self, user: int = ADA) -> str:
        """Book until the payment link is there; gives the session."""
        await self.comes_to_confirm(user)
        await self.taps("^Confirm", user=user)
        return self.sessions()[-1]["id"]

    async def has_paid(self, card: str = PLAIN) -> str:
        """Book, pay and get the receipt; gives the reference."""
        self.pay(await self.comes_to_pay(), card)
        await self.world.settle()
        return self.sessions()[-1]["client_reference_id"]

    def pay(self, session: str, card: str = PLAIN) -> None:
        payments.pay(self.world.store, session, card)

    async def visits(self) -> None:
        """Come back from Checkout to the success page."""
        session = self.sessions()[-1]["id"]
        address = f"{self.world.bot.url}/booking/success?session_id={session}"
        async with self.world.http.get(address) as answer:
            self.page = f"{answer.status} {await answer.text()}"

    # what people see

    def reads(self, text: str, user: int = ADA) -> bool:
        said = (message.get("text") or "" for message in self.telegram.chat(user))
        return any(re.search(text, each) for each in said)

    def count(self, text: str, user: int = ADA) -> int:
        said = (message.get("text") or "" for message in self.telegram.chat(user))
        return sum(bool(re.search(text, each)) for each in said)

    def toasted(self, text: str) -> bool:
        return any(re.search(text, toast) for toast in self.telegram.toasts(ADA))

    def can_tap(self, label: str, user: int = ADA) -> bool:
        shown = [one for message in self.telegram.chat(user) for one in buttons(message)]
        return any(re.search(label, one) for one in shown)

    def newest(self, user: int = ADA) -> list[str]:
        return newest_buttons(self.world.sandbox, user)

    def sessions(self, *states: str) -> list[dict]:
        found = list(self.world.store.sessions.values())
        return [one for one in found if not states or one["status"] in states]

    def refunds(self) -> list[tuple[int, str]]:
        return [(one["amount"], one["status"]) for one in self.world.store.refunds.values()]

    async def booking(self) -> tuple[str, str]:
        """How the only booking stands, and why it ended."""
        (one,) = await self.books.rows("SELECT status, end_reason FROM booking")
        return one["status"], one["end_reason"]

    async def dead(self) -> list[str]:
        """The kinds of the work that was given up, messages to those who blocked us apart."""
        query = "SELECT kind FROM job WHERE dead_at IS NOT NULL AND last_error <> 'blocked'"
        return [one["kind"] for one in await self.books.rows(query)]

    async def open_jobs(self) -> list[dict]:
        """What was tried and is not done."""
        query = (
            "SELECT kind, attempts, last_error FROM job WHERE done_at IS NULL AND dead_at IS NULL"
            " AND last_error IS NOT NULL AND last_error NOT LIKE 'NotYet%'"
        )
        return await self.books.rows(query)

    def story(self) -> str:
        """What both chats read like."""
        return "\n---\n".join(self.telegram.transcript(who) for who in (ADA, ADMIN))

    # what goes wrong

    def stripe_fails(self, match: str, kind: str, times: int = LASTING) -> None:
        self.is_slow = kind.startswith("slow")
        if kind == "refused":
            self.stripe_way.shut()
        else:
            self.stripe.faults.append(Fault(match, kind, times))

    def telegram_fails(self, match: str, kind: str, times: int = LASTING) -> None:
        self.is_slow = kind.startswith("slow")
        if kind == "refused":
            self.telegram_way.shut()
            return
        self._planned = times
        self._fault = self.telegram.faults.add(match=match, kind=kind, times=times)

    def hits(self) -> int:
        """How often the last fault of Telegram was met."""
        return self._planned - self._fault.times if self._fault else 0

    @property
    def is_deaf(self) -> bool:
        """Whether the last fault of Telegram meets every call, to whomever."""
        return self._fault is not None and self._fault.match == "."

    async def meanwhile(self, work, *, seconds: float = HONEST_SECONDS):
        """Let somebody wait for an answer, for so many seconds at most; gives it, or None."""
        waiting, loop = asyncio.ensure_future(work), asyncio.get_running_loop()
        end = loop.ahead + seconds
        while not waiting.done() and loop.ahead < end:
            await asyncio.wait([waiting], timeout=WORK_SECONDS)
            loop.hurry(seconds / WAITS)
        if not waiting.done():
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            return None
        return await waiting

    async def five_seconds(self) -> None:
        """Let five seconds pass for whoever waits, none for the clock or for whoever works."""
        world, loop = self.world, asyncio.get_running_loop()
        end, quiet, seen, since = loop.ahead + HONEST_SECONDS, 0, None, time.monotonic()
        while loop.ahead < end and quiet < 2:
            await asyncio.sleep(0.002)
            if not (world.is_busy() or await self.books.due(world.now_ms)):
                quiet += 1
                continue
            quiet, progress = 0, world._progress()
            if progress != seen:
                seen, since = progress, time.monotonic()
            elif time.monotonic() - since > WORK_SECONDS:
                loop.hurry(1)
                since = time.monotonic()

    async def recovers(self, *, tried: bool = True) -> None:
        """End every fault, `tried` as often as it is tried at one instant; then give a minute."""
        if tried:
            await self.world.settle()
        if self.is_slow:  # what is under way takes its time, whatever the clock says
            await self.meanwhile(asyncio.sleep(SLOW_SECONDS), seconds=SLOW_SECONDS + 1)
        self.stripe.faults.clear()
        self.telegram.faults.planned.clear()
        for way in (self.stripe_way, self.telegram_way):
            await way.reopen()
        await self.world.settle()
        for _ in range(DONE_SECONDS // STEP_SECONDS):
            await self.world.time_passes(STEP_SECONDS)
            await self.world.settle()

    async def keeps_the_laws(self, *, errors: bool) -> None:
        """Check the laws of the instant and of peace; `errors` may have been logged or not."""
        if errors:
            self.world.errors()
        laws = Laws(self.world)
        picture = await laws.now(self.world.diary.read(), whole=True)
        await Peace(self.world).now(picture)
        left = await self.open_jobs()
        assert left == [], f"not done {DONE_SECONDS} s after the last fault: {left}"


class Addresses:
    """The sandbox as the bot is told to find it: by ways that can be shut."""

    def __init__(self, sandbox, stripe: Way, telegram: Way):
        self.telegram, self.stripe = sandbox.telegram, sandbox.stripe
        self.stripe_url = f"http://127.0.0.1:{stripe.port}/stripe"
        self.telegram_url = f"http://127.0.0.1:{telegram.port}/telegram"


@asynccontextmanager
async def stage(folder, url, *, before=lambda sandbox, way: None, clock=None, **options):
    """Open the shop; `before` may plan what fails when the bot first comes up."""
    ways = SimpleNamespace()

    async def met(sandbox):
        port = int(sandbox.base_url.rpartition(":")[2])
        ways.stripe, ways.telegram = Way(port), Way(port)
        await ways.stripe.open()
        await ways.telegram.open()
        sandbox.share_clock()
        before(sandbox, ways.telegram)
        return Addresses(sandbox, ways.stripe, ways.telegram)

    try:
        async with open_world(folder, url, seed=1, options=options, met=met, clock=clock) as world:
            opened = Stage(world, ways.stripe, ways.telegram)
            await world.telegram.start(ADA)
            await world.settle()
            yield opened
    finally:
        for way in vars(ways).values():
            way.shut()
        await asyncio.sleep(0)


__all__ = ["ADA", "ADMIN", "PLAIN", "SLOW", "Stage", "stage"]
