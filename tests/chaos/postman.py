"""Stripe's events posted once more by hand: doubled, out of order, until the bot has said 200."""

import asyncio
import json
import random
from collections import Counter

import aiohttp

from handlers.stripe_events import TYPES
from sandbox.stripe import Fault
from tests.chaos.ledger import Ledger
from tests.journeys.test_webhook import signed

DOUBLED, REVERSED = 0.3, 0.03
RECENT = 60
AGAIN_SECONDS = 2.0
OK = 200


class Postman:
    """Brings recent events to the webhook at a steady rate and keeps every answer."""

    def __init__(self, world, bot, ledger: Ledger, dice: random.Random):
        self.world, self.bot, self._ledger, self._dice = world, bot, ledger, dice
        self.answers: Counter = Counter()
        self.accepted: set[str] = set()
        """Ids of the events that were answered with 200."""
        self.unanswered = 0
        """Posts whose connection ended before an answer came."""
        self._seen = 0
        self._known: list[dict] = []
        """Events of the types that the bot wants, oldest first."""

    async def walk(self, rate: float, over: asyncio.Event) -> None:
        """Post events until it is over; return when the last has its 200."""
        async with aiohttp.ClientSession() as http, asyncio.TaskGroup() as posts:
            while not over.is_set():
                for event in self._due():
                    posts.create_task(self._post(http, event))
                await asyncio.sleep(1 / rate)

    def _due(self) -> list[dict]:
        happened = self._ledger.events
        fresh = [event for event in happened[self._seen :] if event["type"] in TYPES]
        self._seen = len(happened)
        self._known += fresh
        again = [event for event in fresh if self._dice.random() < DOUBLED]
        if fresh and self._dice.random() < REVERSED:
            self.world.stripe.faults.append(Fault("WEBHOOK", "reverse"))
        return again or ([self._dice.choice(self._known[-RECENT:])] if self._known else [])

    async def _post(self, http: aiohttp.ClientSession, event: dict) -> None:
        body = json.dumps(event).encode()
        while True:
            try:
                status = await self._answer(http, body)
            except (aiohttp.ClientError, OSError, TimeoutError):
                self.unanswered += 1
            else:
                self.answers[status] += 1
                if status == OK:
                    self.accepted.add(event["id"])
                    return
            await asyncio.sleep(AGAIN_SECONDS)

    async def _answer(self, http: aiohttp.ClientSession, body: bytes) -> int:
        address = f"{self.bot.url}/webhooks/stripe"
        async with http.post(address, data=body, headers=signed(self, body)) as answer:
            await answer.read()
            return answer.status
