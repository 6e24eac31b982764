"""A running bot has in memory no library it does not use: none that draws, no second client."""

import subprocess
import sys

LOADED = (
    "import sys, bot.__main__\n"
    "from bot.imports import NAMES, quickly, without_unneeded\n"
    "with quickly(), without_unneeded():\n"
    "    import bot.app\n"
    "async def meet_stripe():\n"
    "    async with bot.app.StripeGateway(secret_key='sk_test_1') as gateway:\n"
    "        assert gateway.client\n"
    "import asyncio\n"
    "asyncio.run(meet_stripe())\n"
    "print([name for name in NAMES if name in sys.modules])\n"
    "import rich, click\n"
    "print(rich.get_console() is not None)\n"
)


def test_a_start_loads_neither_rich_nor_requests_and_whoever_wants_rich_later_has_it():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "True"]


def test_events_are_taken_before_what_speaks_telegram_is_loaded():
    looks = "import sys, bot.__main__, bot.app; print({'telegram', 'stripe'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", looks], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
