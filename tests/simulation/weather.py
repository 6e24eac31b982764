"""What nobody wants: the outside fails, events get lost, doubled and late, and time jumps."""

from sandbox.stripe import Fault
from tests.simulation.buyers import FINE, paid, sessions

STRIPE_CALLS = (
    "POST /v1/checkout/sessions$",
    "POST /v1/checkout/sessions/.*expire",
    "GET /v1/checkout/sessions",
    "POST /v1/refunds",
    "GET /v1/refunds",
    ".*",
)
STRIPE_KINDS = (
    "500", "500", "502", "429", "409", "timeout", "cut", "lost", "lost", "html", "500:stored",
    "slow:1",
)  # fmt: skip
AT_THE_END = ("500", "lost", "cut", "502")
EVENT_KINDS = ("drop", "lost", "twice", "slow:2", "reverse")
TELEGRAM_CALLS = ("sendMessage", "editMessageText", "sendDocument", "sendPhoto", "answer", ".*")
TELEGRAM_KINDS = ("429:3", "500", "502", "timeout", "lost", "lost", "cut", "slow:1")
DAY = 24 * 3600


async def stripe_fails(run, dice) -> None:
    """Calls of Stripe go wrong, a few or for a while."""
    match, kind = dice.choice(STRIPE_CALLS), dice.choice(STRIPE_KINDS)
    times = dice.choice([1, 1, 2, 3, 3, 4, 12])
    run.world.stripe.faults.append(Fault(match, kind, times))
    run.say(f"Stripe: {times} × {kind} at {match}")


async def telegram_fails(run, dice) -> None:
    """Calls of Telegram go wrong."""
    match, kind = dice.choice(TELEGRAM_CALLS), dice.choice(TELEGRAM_KINDS)
    times = dice.choice([1, 1, 2, 3])
    run.world.diary.plan(match=match, kind=kind, times=times)
    run.say(f"Telegram: {times} × {kind} at {match}")


async def events_fail(run, dice) -> None:
    """Events get lost, doubled, delayed or reordered."""
    kind, times = dice.choice(EVENT_KINDS), dice.choice([1, 2, 3, 6])
    run.world.stripe.faults.append(Fault("WEBHOOK", kind, times))
    run.say(f"events: {times} × {kind}")


async def recover(run, dice) -> None:
    """Every fault ends."""
    run.world.stripe.faults.clear()
    run.world.telegram.faults.planned.clear()
    run.say("every fault ends")


async def event_again(run, dice) -> None:
    """Stripe sends an event again."""
    known = run.world.diary.events[-60:]
    if known:
        event = dice.choice(known)
        run.world.stripe.webhooks.resend(event, dice.randint(1, 3))
        await run.step(f"{event['type']} is sent again")


async def update_again(run, dice) -> None:
    """Telegram sends an update again."""
    known = run.world.diary.updates[-60:]
    if known:
        update = dice.choice(known)
        await run.world.update(update)
        await run.step(f"update {update['update_id']} is sent again")


async def time_jumps(run, dice) -> None:
    """Some time passes."""
    seconds = dice.choice([20, 60, 300, 300, 600, 1000, 1800, 3600, 3 * 3600])
    await run.world.time_passes(seconds)
    await run.step(f"{seconds} s pass")


async def night(run, dice) -> None:
    """A night passes."""
    await run.world.time_passes(dice.randint(8, 20) * 3600)
    await run.step("a night passes")


async def hold_ends(run, dice) -> None:
    """Time passes until a hold is just about to end, and its link is paid at that moment."""
    waiting = sessions(run, "open")
    if not waiting:
        return
    session = dice.choice(waiting)
    end = session["created"] + 30 * 60
    await run.world.time_passes(max(0.0, end + dice.choice([-1, 0, 1]) - run.world.clock.now()))
    if dice.random() < 0.3:  # as often as stripe's own client asks again
        run.world.stripe.faults.insert(0, Fault("expire$", dice.choice(AT_THE_END), 3))
        run.say("Stripe does not expire sessions")
    words = paid(run, session, FINE) if dice.random() < 0.5 else "nobody pays"
    await run.step(f"the hold of {session['client_reference_id']} ends as {words}")


ACTS = {
    stripe_fails: 3,
    telegram_fails: 2,
    events_fail: 2.5,
    recover: 2,
    event_again: 2,
    update_again: 1.5,
    time_jumps: 6,
    night: 0.4,
    hold_ends: 1.5,
}
