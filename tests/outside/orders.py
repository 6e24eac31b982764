"""Everything Stripe may say of one payment, in every order, several times, as twins too."""

import asyncio
import itertools
import random
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.config import read
from bot.keys import keyring
from bot.stripe_gateway import StripeGateway
from db import connection, jobs
from db.transactions import rows
from handlers import stripe_events
from sandbox.stripe import Fault
from tests.handlers.rows import make_door
from tests.journeys.conftest import CATALOG, START, opened
from tests.journeys.test_webhook import to_pay
from tests.process import Bot, sandbox

CARD = "4242424242424242"
SESSION = ("completed", "async_payment_succeeded", "async_payment_failed", "expired")
MOST_COPIES = 3
ORDERS = 5040
STATE = {
    "booking": "SELECT status, end_reason FROM booking",
    "attempt": "SELECT state, paid_minor FROM attempt",
    "refund": "SELECT state, amount_minor FROM refund",
    "dispute": "SELECT state, amount_minor FROM dispute",
    "seats": "SELECT count(*) AS seats FROM seat",
}


class Payment:
    """A payment that was partly given back and is disputed, of which nobody was told yet."""

    def __init__(self, door, settings, events, url):
        self.door, self.events, self.url = door, events, url
        self._keyring = keyring(settings)

    def order(self, number: int) -> list[dict]:
        """Return one order of the events: each one to three times, with other ids or the same."""
        dice = random.Random(number)
        told = list(next(itertools.islice(itertools.permutations(self.events), number, None)))
        for event in self.events:
            for _ in range(dice.randrange(MOST_COPIES)):
                twin = dice.random() < 0.5
                copy = {**event, "id": f"{event['id']}_{dice.random()}"} if twin else event
                first = told.index(event)
                told.insert(dice.randint(first + 1, len(told)), copy)
        return told

    async def hears(self, url: str, told: list[dict]) -> dict:
        """Take the events in on a database of its own; return how everything stands then."""
        await connection.connect(url, keyring=self._keyring)
        try:
            for event in told:
                if job := stripe_events.accept(event, self.door.env.shop):
                    await jobs.take_in([job], now=self.door.env.clock.now())
                await self._works()
            return await self._stands()
        finally:
            await connection.close()

    async def _works(self) -> None:
        now = self.door.env.clock.now()
        while due := await jobs.lease(kinds=["stripe_event"], limit=8, now=now):
            for job in due:
                await stripe_events.handle(self.door, job)
                await jobs.finish(job, now)

    async def _stands(self) -> dict:
        state = {name: [dict(one) for one in await rows(query)] for name, query in STATE.items()}
        told = await rows("SELECT kind, key FROM job WHERE kind <> 'stripe_event'")
        # a card's name is in its key: card:refund_succeeded:…
        named = (one["key"].split(":")[1] if one["kind"] == "admin_card" else "" for one in told)
        return state | {"told": Counter(zip((one["kind"] for one in told), named, strict=True))}


@asynccontextmanager
async def a_payment(folder, url):
    """Make it: the shop books and is closed, Stripe goes on."""
    async with sandbox(start=START) as world:
        bot = Bot(folder, world, url)
        async with opened(world, bot) as shop:
            await shop.imports(CATALOG)
            session = await to_pay(shop)
            world.stripe.faults.append(Fault("WEBHOOK", "drop", 1_000_000))
            await world.stripe.pay(session, CARD)
            env = shop.app.environment
        (charge,) = world.stripe.store.charges
        refund = world.stripe.refund(charge, 2000)
        dispute = world.stripe.dispute(charge)
        about = {
            f"checkout.session.{kind}": world.stripe.store.sessions[session] for kind in SESSION
        }
        about |= {
            "charge.refunded": world.stripe.store.charges[charge],
            "refund.updated": refund,
            "charge.dispute.created": dispute,
        }
        events = [
            {"id": f"evt_{number}", "type": kind, "data": {"object": thing}}
            for number, (kind, thing) in enumerate(about.items())
        ]
        key = world.stripe.secret_key
        async with StripeGateway(secret_key=key, api_url=world.stripe_url) as gateway:
            door = replace(make_door(), env=replace(env, payments=gateway))
            yield Payment(door, read(bot.config), events, url)


async def play(engine, folder, numbers) -> dict[str, str]:
    """Play orders; return those that end otherwise than the first of all, and how."""
    url = engine.fresh()
    wrong: dict[str, str] = {}
    async with a_payment(folder, url) as payment:

        async def ends(number: int) -> dict:
            own = await asyncio.to_thread(engine.copy, url)
            try:
                return await payment.hears(own, payment.order(number))
            finally:
                await asyncio.to_thread(engine.drop, own)

        first = await ends(0)
        assert first["booking"] == [{"status": "confirmed", "end_reason": ""}]
        assert first["told"]["receipt_text", ""] == 1
        for number in numbers:
            if (end := await ends(number)) != first:
                wrong[f"order {number}"] = f"{end} instead of {first}"
    engine.drop(url)
    return wrong
