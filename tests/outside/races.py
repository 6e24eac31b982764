"""Things that happen at the same moment: copies of an event, and refunds from every side."""

import asyncio
import random
from contextlib import suppress
from functools import partial
from types import SimpleNamespace

from sandbox.stripe import Fault
from sandbox.stripe.wire import StripeError
from sandbox.telegram import SandboxError
from tests.crowd import buttons
from tests.journeys.test_webhook import event, post, signed
from tests.outside.matrix import each
from tests.outside.stage import ADA, ADMIN, PLAIN, SLOW, Stage, stage

COPIES, TWINS = 100, 10
BOSS = 10
FAILING = "4000000000005126"
PAID = 5000
DELAY_SECONDS = 6 * 3600
WEBHOOKS = ("", "", "twice", "reverse", "lost")
ASKING = ("", "", "lost", "500:stored", "cut")


def copies(engine, rounds, *, tell=lambda case, error: None) -> dict[str, str]:
    """Let many copies of one event arrive at once, again and again."""
    return each(engine, {f"round {number}": all_at_once for number in rounds}, tell=tell)


async def all_at_once(folder, url) -> None:
    """100 copies of one event, and ten twins of it, at once: one confirmation and one receipt."""
    async with stage(folder, url) as opened:
        session = await opened.comes_to_pay()
        opened.stripe_fails("WEBHOOK", "drop")
        opened.pay(session)
        door = SimpleNamespace(world=opened.world, bot=opened.world.bot)
        told = opened.world.store.sessions[session]
        bodies = [event("completed", told)] * COPIES
        bodies += [event("completed", told, number=number) for number in range(2, TWINS + 2)]
        answers = await asyncio.gather(*(post(door, body, signed(door, body)) for body in bodies))
        await opened.world.settle()
        assert set(answers) == {200}
        assert await opened.booking() == ("confirmed", "")
        attempts = await opened.books.rows("SELECT state, paid_minor FROM attempt")
        assert attempts == [{"state": "succeeded", "paid_minor": PAID}]
        assert opened.count("Receipt: ") == 1
        assert opened.count("New booking", ADMIN) == 1
        opened.stripe.faults.clear()
        await opened.keeps_the_laws(errors=False)


def play(engine, seeds, *, tell=lambda case, error: None) -> dict[str, str]:
    """Let refunds race; each seed is another race."""
    return each(engine, {f"seed {seed}": partial(race, seed) for seed in seeds}, tell=tell)


async def race(seed: int, folder, url) -> None:
    """Two admins, the Dashboard and the buyer's bank all want money back at once."""
    dice = random.Random(seed)
    async with stage(folder, url) as opened:
        reference = await opened.has_paid(dice.choice([PLAIN, PLAIN, FAILING, SLOW]))
        asked = [await _asks(opened, admin, reference, dice) for admin in (ADMIN, BOSS)]
        for match, kinds in (("WEBHOOK", WEBHOOKS), ("POST /v1/refunds", ASKING)):
            if kind := dice.choice(kinds):
                opened.stripe.faults.append(Fault(match, kind, dice.randint(1, 3)))
        acts = [partial(_agrees, opened, *one) for one in asked if one]
        if dice.random() < 0.6:
            acts.append(partial(_in_the_dashboard, opened, dice.randint(1, PAID)))
        if dice.random() < 0.3:
            acts.append(partial(_at_the_bank, opened))
        dice.shuffle(acts)
        for act in acts:
            await act()
            if dice.random() < 0.4:
                await opened.world.settle()
        await opened.world.settle()
        await opened.recovers()
        await opened.world.time_passes(DELAY_SECONDS)
        await opened.recovers()
        await opened.keeps_the_laws(errors=False)
        _one_message_each(opened)
        assert await opened.dead() == []


async def _asks(opened: Stage, admin: int, reference: str, dice) -> tuple[int, int] | None:
    """Ask for some of it back; gives the admin and the question once it is shown."""
    amount = dice.choice(["", "10.00", "30.00", "49.99", "50.00"])
    await opened.says(f"/refund {reference} {amount}".strip(), admin)
    newest = opened.telegram.chat(admin)[-1]
    shown = any(label.startswith("Yes") for label in buttons(newest))
    return (admin, newest["message_id"]) if shown else None


async def _agrees(opened: Stage, admin: int, question: int) -> None:
    with suppress(SandboxError):  # it was answered already
        await opened.telegram.tap(admin, "^Yes", message_id=question)


async def _in_the_dashboard(opened: Stage, amount: int) -> None:
    (charge,) = opened.world.store.charges
    with suppress(StripeError):
        opened.stripe.refund(charge, amount)


async def _at_the_bank(opened: Stage) -> None:
    (charge,) = opened.world.store.charges
    with suppress(StripeError):
        opened.stripe.dispute(charge)


def _one_message_each(opened: Stage) -> None:
    """The customer read of each refund as often as its state changed, and no oftener."""
    succeeded = sum(len(made) for made in opened.world.diary.refunded.values())
    assert opened.count("has issued a refund of", ADA) == succeeded
    failed = sum(one == "failed" for _, one in opened.refunds())
    assert opened.count("could not be returned", ADA) >= failed
    kept = sum(minor for minor, state in opened.refunds() if state in {"succeeded", "pending"})
    assert kept <= PAID
