"""A shop restored from a backup, while Stripe went on: it catches up and repeats nothing older."""

import random
import re
from collections import Counter

import pytest

from tests.engines import second_connection
from tests.journeys.conftest import CATALOG, START, opened
from tests.journeys.test_conversation import to_summary
from tests.journeys.test_reconcile import books, lines
from tests.journeys.test_refund import ADMIN
from tests.journeys.test_webhook import documents
from tests.process import Bot, sandbox
from tests.restored import restore

TIMES = {71: "^09:00", 72: "^10:00", 73: "^11:00", 74: "^13:00", 75: "^14:00"}
MONEY = r"Receipt|issued a refund"
CI_SEEDS, SEEDS = 1, 20


class Customers:
    """What people do, and what they paid for."""

    def __init__(self, shop):
        self.shop, self.sessions = shop, {}

    async def waits(self, user):
        """Nothing is done."""

    async def comes_to_the_summary(self, user):
        await to_summary(self.shop, user, TIMES[user])

    async def confirms(self, user):
        await self.shop.taps(user, "^Confirm")
        self.sessions[user] = self.shop.sessions()[-1]["id"]

    async def pays(self, user):
        await self.shop.pays(self.sessions[user])

    async def cancels(self, user):
        await self.shop.taps(user, "^Cancel booking")
        if any(label.startswith("Yes") for label in self.shop.buttons(user)):
            await self.shop.taps(user, "^Yes")

    async def is_given_a_part_back(self, user, amount=1234):
        """The owner does it in the Dashboard."""
        ledger = self.shop.stripe.ledger()
        intents = {one["id"]: one["payment_intent"] for one in ledger["sessions"]}
        mine = intents[self.sessions[user]]
        [charge] = [one["id"] for one in ledger["charges"] if one["payment_intent"] == mine]
        self.shop.stripe.refund(charge, amount)
        await self.shop.settle()

    async def is_given_all_back(self, user):
        await self.is_given_a_part_back(user, None)


BEFORE = ("waits", "comes_to_the_summary", "confirms", "pays")
"""How far somebody is when the backup is made; each has done all that comes before it."""
AFTER = {
    "waits": ("comes_to_the_summary confirms pays", "comes_to_the_summary confirms", "waits"),
    "comes_to_the_summary": ("confirms pays", "confirms cancels", "waits"),
    "confirms": ("pays", "cancels", "pays is_given_all_back", "pays cancels", "waits"),
    "pays": ("is_given_a_part_back", "is_given_all_back", "cancels", "waits"),
}


def money_talk(shop, user) -> list[int]:
    """The messages of a chat that say where money is, and the files of receipts."""
    return [
        message["message_id"]
        for message in shop.telegram.chat(user)
        if message.get("document") or re.search(MONEY, message.get("text") or "")
    ]


async def come_to(people, dice) -> dict[int, str]:
    """Bring everybody as far as the dice say."""
    stages = dict(zip(TIMES, dice.choices(BEFORE, (1, 2, 3, 4), k=len(TIMES)), strict=True))
    for user, stage in stages.items():
        for act in BEFORE[: BEFORE.index(stage) + 1]:
            await getattr(people, act)(user)
    return stages


async def go_on(people, dice, stages) -> None:
    for user, stage in stages.items():
        for act in dice.choice(AFTER[stage]).split():
            await getattr(people, act)(user)
            await people.shop.time_passes(dice.choice((0, 5, 40)))


async def parked(url: str) -> set[str]:
    async with second_connection(url) as other:
        return {row["session_id"] for row in await other.rows("SELECT session_id FROM review")}


async def check_books(shop, url: str) -> None:
    """Every payment and refund at Stripe is in our books as it is there, or before an admin."""
    ledger, strangers = shop.stripe.ledger(), await parked(url)
    ours = {row["session_id"]: row for row in await shop.exported("payments")}
    states = {row["reference"]: row["status"] for row in await shop.exported("bookings")}
    drift = 0
    for session in ledger["sessions"]:
        theirs = Counter(
            (one["id"], one["amount"], one["status"])
            for one in ledger["refunds"]
            if one["payment_intent"] == session["payment_intent"]
        )
        row = ours.get(session["id"])
        if row is None:
            if session["payment_status"] == "paid":
                assert session["id"] in strangers, "a payment that nobody knows of"
                drift -= session["amount_total"]
            continue
        paid = session["payment_status"] == "paid"
        assert (row["status"] == "succeeded") == paid, row
        booked = Counter((one["id"], one["amount_minor"], one["status"]) for one in row["refunds"])
        assert booked == theirs
        if paid and not theirs:
            assert states[session["client_reference_id"]] == "confirmed"
        if session["status"] == "expired":
            assert states[session["client_reference_id"]] in {"expired", "cancelled"}
    again = await books(shop)
    assert again.differences == []
    assert sum(again.drift.values()) == drift


@pytest.mark.family("R27")
@pytest.mark.parametrize(
    "seed",
    [
        pytest.param(seed, marks=[pytest.mark.slow] if seed > CI_SEEDS else [])
        for seed in range(1, SEEDS + 1)
    ],
)
async def test_a_shop_restored_from_a_backup_catches_up_with_stripe(tmp_path, database_url, seed):
    file, dice = tmp_path / "shop.backup", random.Random(seed)
    async with sandbox(start=START) as world:
        bot = Bot(tmp_path, world, database_url)
        async with opened(world, bot) as shop:
            await shop.imports(CATALOG)
            await shop.telegram.start(ADMIN)
            people = Customers(shop)
            stages = await come_to(people, dice)
            code, _, err = await bot.command("backup", str(file))
            assert code == 0, err
            said = {user: money_talk(shop, user) for user in TIMES}
            await go_on(people, dice, stages)
            later = {user: len(money_talk(shop, user)) - len(said[user]) for user in TIMES}
        restore(file, database_url)
        async with opened(world, bot, dice=seed + 100) as shop:
            await shop.settle()
            if seed == 1:
                code, out, err = await bot.command("reconcile")
                assert (code, err, lines(out)[-1].startswith("Our books minus")) == (0, "", True)
            await shop.time_passes(16 * 60)
            await shop.time_passes(31 * 60)
            await check_books(shop, database_url)
            for user in TIMES:
                new = len(money_talk(shop, user)) - len(said[user]) - later[user]
                assert new <= later[user], f"{user} was told again: {shop.chat(user)}"
                assert len(documents(shop, user)) <= 2
