"""What customers do in their chats."""

from tests.simulation import hands
from tests.simulation.hands import FORWARD, TYPED

SERVICES = ("cut", "long", "match", "class", "taste")
TIPPING = 0.2
COUPONS = ("TWO", "once", "Gift", "NOSUCH")
WISHES = frozenset({"use", "paid", "cxl", "agn", "mut", "com"})
COMMANDS = ("/start", "/book", "/bookings", "/cancel", "/help", "/language", "/nonsense")


def _who(run, dice) -> int:
    return dice.choice(run.world.customers)


def _is_blocked(run, chat: int) -> bool:
    return run.world.server.people.find(chat).blocked


async def walk(run, dice) -> None:
    """Somebody books: from the service to the payment link, as far as it goes."""
    chat = _who(run, dice)
    service = dice.choice(SERVICES)
    await _write(run, chat, f"/start svc_{service}")
    with_coupon = dice.random() < 0.15
    for _ in range(9):
        shown = hands.newest(run.world.server, chat)
        if with_coupon and any(one.verb == "cpn" for one in shown):
            with_coupon = False
            await _press(run, chat, next(one for one in shown if one.verb == "cpn"))
            await _write(run, chat, dice.choice(COUPONS))
        elif dice.random() < TIPPING and any(one.verb == "tip" for one in shown):
            await _press(run, chat, dice.choice([one for one in shown if one.verb == "tip"]))
        elif not await _forward(run, dice, chat, shown):
            return


async def _forward(run, dice, chat: int, shown) -> bool:
    """Answer one question; False when none is asked."""
    if any(one.contact for one in shown):
        hands.share_contact(run.world, chat)
        await run.step(f"{chat} shares their number")
        return True
    for verb in reversed(FORWARD):
        choices = [one for one in shown if one.verb == verb]
        if choices:
            await _press(run, chat, dice.choice(choices))
            return verb != "cfm"
    if any(one.verb == "bck" for one in shown):
        await _write(run, chat, dice.choice(TYPED))
        return dice.random() < 0.3
    return False


async def _press(run, chat: int, touch) -> None:
    hands.press(run.world, chat, touch)
    await run.step(f"{chat} taps [{touch.text}] {touch.data}")


async def _write(run, chat: int, text: str) -> None:
    hands.say(run.world, chat, text)
    await run.step(f"{chat} writes {text!r}")


async def tap(run, dice) -> None:
    """Somebody taps anything, new or old."""
    chat = _who(run, dice)
    found = hands.keyboards(run.world.server, chat)
    if not found or _is_blocked(run, chat):
        return
    shown = [one for one in (found[0] if dice.random() < 0.7 else dice.choice(found)) if one.data]
    if shown:
        await _press(run, chat, dice.choice(shown))


async def wish(run, dice) -> None:
    """Somebody taps what matters: paid, cancel, use the payment, decline, book again."""
    people = list(run.world.customers)
    dice.shuffle(people)
    for chat in people:
        shown = [one for keys in hands.keyboards(run.world.server, chat) for one in keys]
        wishes = [one for one in shown if one.verb in WISHES]
        if wishes and not _is_blocked(run, chat):
            touch = dice.choice(wishes)
            await _press(run, chat, touch)
            if dice.random() < 0.2:
                await run.repeats(f"{chat} taps [{touch.text}] again", chat, touch)
            return


async def cancel(run, dice) -> None:
    """Somebody cancels a booking, asked first when it is confirmed; some tap "Yes" twice."""
    people = list(run.world.customers)
    dice.shuffle(people)
    for chat in people:
        shown = [one for keys in hands.keyboards(run.world.server, chat) for one in keys]
        wishes = [one for one in shown if one.verb == "cxl"]
        if not wishes or _is_blocked(run, chat):
            continue
        asked = dice.choice(wishes)
        await _press(run, chat, asked)
        sure = [one for one in hands.newest(run.world.server, chat) if one.verb == "cxl"]
        if sure and sure[0] != asked and dice.random() < 0.8:
            await _press(run, chat, sure[0])
            if dice.random() < 0.3:
                await run.repeats(f"{chat} taps [{sure[0].text}] again", chat, sure[0])
        return


async def twice(run, dice) -> None:
    """Somebody taps Confirm several times at once."""
    for chat in run.world.customers:
        sure = [one for one in hands.newest(run.world.server, chat) if one.verb == "cfm"]
        if sure and not _is_blocked(run, chat):
            for _ in range(dice.randint(2, 4)):
                hands.press(run.world, chat, sure[0])
            await run.step(f"{chat} taps [{sure[0].text}] several times at once")
            return


async def race(run, dice) -> None:
    """Several people go one tap forward at the same moment."""
    people = dice.sample(run.world.customers, dice.randint(2, 5))
    words = []
    for chat in people:
        shown = hands.newest(run.world.server, chat)
        verbs = [verb for verb in reversed(FORWARD) if any(one.verb == verb for one in shown)]
        if verbs and not _is_blocked(run, chat):
            touch = dice.choice([one for one in shown if one.verb == verbs[0]])
            hands.press(run.world, chat, touch)
            words.append(f"{chat} taps [{touch.text}]")
    if words:
        await run.step(" at the moment when ".join(words), count=len(words))


async def write(run, dice) -> None:
    """Somebody writes a command, or anything."""
    chat = _who(run, dice)
    await _write(run, chat, dice.choice(COMMANDS + TYPED))


async def block(run, dice) -> None:
    """Somebody blocks the bot, or unblocks it."""
    chat = _who(run, dice)
    if _is_blocked(run, chat):
        await run.world.telegram.unblock(chat)
        await run.step(f"{chat} unblocks the bot")
    elif chat in run.world.server._messages:
        await run.world.telegram.block(chat)
        await run.step(f"{chat} blocks the bot")


ACTS = {walk: 22, tap: 10, wish: 6, cancel: 4, twice: 1, race: 3, write: 2, block: 0.5}
