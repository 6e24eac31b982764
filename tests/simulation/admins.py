"""What admins do in their chats."""

from sandbox.stripe import Fault
from tests.simulation import hands
from tests.simulation.world import ADMIN

BOTH = (ADMIN, 10)
UNSURE = ("lost", "lost", "cut", "500:stored")


def _reference(run, dice) -> str:
    known = list(run.world.diary.seen)[-25:]
    return dice.choice(known) if known else "BK-000000"


async def refund(run, dice) -> None:
    """An admin gives money back; some tap "Yes" twice, some say no."""
    admin = dice.choice(BOTH)
    amount = dice.choice(["", "", "1.00", "5", "12.34", "999"])
    hands.say(run.world, admin, f"/refund {_reference(run, dice)} {amount}".strip())
    await run.step(f"admin {admin} asks for a refund of {amount or 'all'}")
    shown = [one for one in hands.newest(run.world.server, admin) if one.verb == "rfd"]
    if not shown:
        return
    touch = shown[0] if dice.random() < 0.8 else shown[-1]
    if dice.random() < 0.25:  # as often as stripe's own client asks again, and its event as well
        answers = Fault("POST /v1/refunds", dice.choice(UNSURE), 3)
        run.world.stripe.faults[:0] = [answers, Fault("WEBHOOK refund", "drop", 2)]
        run.say("Stripe's answers about refunds get lost")
    hands.press(run.world, admin, touch)
    both = dice.random() < 0.3
    if both:
        hands.press(run.world, admin, touch)
    await run.step(f"admin {admin} taps [{touch.text}]{' twice' if both else ''}", count=1 + both)


async def decide(run, dice) -> None:
    """An admin accepts a payment that does not fit, or gives it back."""
    admin = dice.choice(BOTH)
    shown = [one for keys in hands.keyboards(run.world.server, admin, most=15) for one in keys]
    choices = [one for one in shown if one.verb == "rvw"]
    if not choices:
        return
    touch = dice.choice(choices)
    hands.press(run.world, admin, touch)
    await run.step(f"admin {admin} taps [{touch.text}]")
    sure = [one for one in hands.newest(run.world.server, admin) if one.data.endswith(".yes")]
    if sure and dice.random() < 0.85:
        hands.press(run.world, admin, sure[0])
        await run.step(f"admin {admin} taps [{sure[0].text}]")


async def call_off(run, dice) -> None:
    """The shop cancels a booking, with its money or without; one or both admins are sure."""
    admin = dice.choice(BOTH)
    reason = dice.choice(["", " Anna is ill"])
    hands.say(run.world, admin, f"/cancelbooking {_reference(run, dice)}{reason}")
    await run.step(f"admin {admin} asks to cancel a booking")
    await _answer(run, dice, admin, "sxl")


async def take_on_site(run, dice) -> None:
    """An admin marks what was due on site as paid there."""
    admin = dice.choice(BOTH)
    hands.say(run.world, admin, f"/booking {_reference(run, dice)}")
    await run.step(f"admin {admin} looks at a booking")
    marks = [one for one in hands.newest(run.world.server, admin) if one.verb == "ons"]
    if marks:
        hands.press(run.world, admin, marks[0])
        await run.step(f"admin {admin} taps [{marks[0].text}]")
        await _answer(run, dice, admin, "ons")


async def reconcile(run, dice) -> None:
    """An admin has the books compared with Stripe."""
    admin = dice.choice(BOTH)
    hands.say(run.world, admin, "/reconcile")
    await run.step(f"admin {admin} writes /reconcile")
    await _answer(run, dice, admin, "rec")


async def _answer(run, dice, admin: int, verb: str) -> None:
    """Answer a question, mostly with its first "Yes", now and then twice at once."""
    shown = [one for one in hands.newest(run.world.server, admin) if one.verb == verb]
    if not shown:
        return
    touch = shown[0] if dice.random() < 0.8 else dice.choice(shown)
    times = 2 if dice.random() < 0.2 else 1
    for _ in range(times):
        hands.press(run.world, admin, touch)
    await run.step(f"admin {admin} taps [{touch.text}] {times} times", count=times)


async def both_decide(run, dice) -> None:
    """Two admins decide about the same payment at the same moment."""
    words = []
    for admin in BOTH:
        shown = [one for keys in hands.keyboards(run.world.server, admin, most=15) for one in keys]
        choices = [one for one in shown if one.verb in {"rvw", "rfd", "sxl"}]
        if choices:
            touch = dice.choice(choices)
            hands.press(run.world, admin, touch)
            words.append(f"admin {admin} taps [{touch.text}]")
    if words:
        await run.step(" at the moment when ".join(words), count=len(words))


async def look(run, dice) -> None:
    """An admin looks at a booking or at the day."""
    admin = dice.choice(BOTH)
    text = dice.choice([f"/booking {_reference(run, dice)}", "/today"])
    hands.say(run.world, admin, text)
    await run.step(f"admin {admin} writes {text}")


ACTS = {
    refund: 4,
    decide: 3,
    call_off: 1.5,
    take_on_site: 0.7,
    reconcile: 0.3,
    both_decide: 0.7,
    look: 0.5,
}
