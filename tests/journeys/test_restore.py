"""A shop restored from a backup, while Stripe went on: it catches up and repeats nothing older."""

import random
import re

import pytest

from tests.engines import second_connection
from tests.journeys.conftest import CATALOG, START, opened
from tests.journeys.test_conversation import to_summary
from tests.journeys.test_reconcile import books
from tests.journeys.test_refund import ADMIN
from tests.journeys.test_webhook import documents
from tests.process import Bot, sandbox
from tests.restored import restore

TIMES = {71: "^09:00", 72: "^10:00", 73: "^11:00", 74: "^12:00", 75: "^13:00", 76: "^14:00"}
SAID = r"Receipt|issued a refund|is cancelled"
SEEDS = [seed if seed <= 3 else pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 21)]


async def summary(shop, user):
    await to_summary(shop, user, TIMES[user])


async def link(shop, user):
    await summary(shop, user)
    await confirms(shop, user)


async def confirms(shop, user):
    await shop.taps(user, "^Confirm")


async def paid(shop, user):
    await link(shop, user)
    await pays(shop, user)


async def pays(shop, user):
    [*_, session] = [one for one in shop.sessions() if reference(shop, user) == one["reference"]]
    await shop.pays(session["id"])


async def confirms_and_pays(shop, user):
    await confirms(shop, user)
    await pays(shop, user)


async def cancels(shop, user):
    await shop.taps(user, "^Cancel booking")
    if any(label.startswith("Yes") for label in shop.buttons(user)):
        await shop.taps(user, "^Yes")


async def cancelled(shop, user):
    await paid(shop, user)
    await cancels(shop, user)


async def part_back(shop, user):
    await gives(shop, user, 1234)


async def all_back(shop, user):
    await gives(shop, user, None)


async def gives(shop, user, amount):
    """The owner gives money back in the Dashboard."""
    [*_, charge] = [one for one in charges(shop) if one["reference"] == reference(shop, user)]
    shop.stripe.refund(charge["id"], amount)
    await shop.settle()


async def waits(shop, user):
    """Nothing is done."""


BEFORE = {
    waits: (paid, link, waits),
    summary: (confirms_and_pays, confirms, waits),
    link: (pays, cancels, waits),
    paid: (part_back, all_back, cancels, waits),
    cancelled: (waits,),
}
"""What somebody had done when the backup was made, and what they may do after it."""


def reference(shop, user) -> str:
    found = re.findall(r"BK-[0-9A-Z]{6}", shop.telegram.transcript(user))
    return found[-1]


def charges(shop):
    ledger = shop.stripe.ledger()
    owners = {one["payment_intent"]: one["client_reference_id"] for one in ledger["sessions"]}
    return [one | {"reference": owners.get(one["payment_intent"])} for one in ledger["charges"]]


def told(shop, user) -> list[int]:
    """The messages of a chat that speak of money, and the files of receipts."""
    return [
        message["message_id"]
        for message in shop.telegram.chat(user)
        if message.get("document") or re.search(SAID, message.get("text") or "")
    ]
