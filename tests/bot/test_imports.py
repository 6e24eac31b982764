"""A running bot has no library in memory that draws on terminals."""

import subprocess
import sys

LOADED = (
    "import sys, bot.__main__\n"
    "from bot.imports import NAMES, quickly\n"
    "with quickly():\n"
    "    import bot.app\n"
    "print([name for name in NAMES if name in sys.modules])\n"
    "import rich, click\n"
    "print(rich.get_console() is not None)\n"
)


def test_a_start_loads_no_rich_and_whoever_wants_it_later_has_it():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[:2] == ["[]", "True"]
