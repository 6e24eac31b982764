"""Many customers at once, through the sandbox, as their phones would do it."""

import asyncio
import json
import re

from sandbox.telegram.messages import Message
from sandbox.world import World

LOOK, SELDOM, LONGER = 0.02, 0.1, 1.2
"""Who has waited for long looks less often: a hundred who wait are no work for the machine."""
DAY = r"^(?!Today|Tomorrow).*\d"
"""A button of a day that has all its times, however late it is today."""


def buttons(message) -> list[str]:
    markup = message.get("reply_markup") or {}
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    return [button["text"] for row in rows for button in row]


def shown(world: World, user) -> list[Message]:
    """The messages of a chat as they lie there: a crowd looks too often for `chat`."""
    return world.telegram.server.messages(world.telegram._chat_id(user))


def newest_buttons(world: World, user) -> list[str]:
    for message in reversed(shown(world, user)):
        if message.markup:
            return buttons({"reply_markup": message.markup})
    return []


async def until(look, *, within: float = 30, what: str = ""):
    """Wait until `look()` gives something true, and give that."""
    loop = asyncio.get_running_loop()
    end, pause = loop.time() + within, LOOK
    while True:
        seen = look()
        if seen:
            return seen
        if loop.time() > end:
            raise TimeoutError(f"never seen: {what}")
        await asyncio.sleep(pause)
        pause = min(pause * LONGER, SELDOM)


async def tap(world: World, user, label: str, *, within: float = 10) -> None:
    """Tap a button as soon as the chat shows it."""

    def shown():
        return any(re.search(label, text) for text in newest_buttons(world, user))

    try:
        await until(shown, within=within)
    except TimeoutError:
        transcript = world.telegram.transcript(user)
        raise TimeoutError(f"{user} never saw [{label}]:\n{transcript}") from None
    await world.telegram.tap(user, label)


def says(world: World, user, text: str):
    """Tell whether any message in the chat says this."""
    return any(re.search(text, message.text.plain) for message in shown(world, user))


async def sees(world: World, user, text: str, *, within: float = 10) -> None:
    """Wait until any message in the chat says this."""
    try:
        await until(lambda: says(world, user, text), within=within)
    except TimeoutError:
        transcript = world.telegram.transcript(user)
        raise TimeoutError(f"{user} never read {text!r}:\n{transcript}") from None


async def walk_to_summary(world: World, user, service: str, *steps: str, within=10) -> None:
    """Go from a deep link to the summary: `steps` are labels; the phone number is typed."""
    await world.telegram.start(user, f"svc_{service}")
    for label in steps:
        await tap(world, user, label, within=within)
    await tap_or_phone(world, user, within=within)


async def tap_or_phone(world: World, user, *, within=30) -> None:
    shown = await until(
        lambda: [b for b in newest_buttons(world, user) if b in {"Share my number", "Confirm"}],
        within=max(60, within),
        what=f"summary of {user}",
    )
    if "Share my number" in shown:
        await world.telegram.share_contact(user)
        await until(
            lambda: "Confirm" in newest_buttons(world, user),
            within=max(30, within),
            what=f"Confirm for {user}",
        )


def exported(out: str) -> list[dict]:
    """Read what `booking-bot export` printed."""
    return [json.loads(line) for line in out.splitlines() if line.strip()]
