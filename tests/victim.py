"""`booking-bot run`, built by the same composition root, that kills itself at a named point.

python -m tests.victim --at hold.before_commit --nth 1 --spared 2.5 --config FILE
"""

import argparse
import asyncio
import os
import signal
import time
from pathlib import Path

from bot.app import build
from bot.config import read


def killer(name: str, nth: int, spared: float = 0.0):
    """Kill at the n-th time it comes to the point, once it has lived so many seconds."""
    seen, begins = 0, time.monotonic() + spared

    def hook(point: str) -> None:
        nonlocal seen
        if point == name and time.monotonic() >= begins:
            seen += 1
            if seen == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--at", required=True)
    parser.add_argument("--nth", type=int, default=1)
    parser.add_argument("--spared", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--config", required=True)
    words = parser.parse_args()
    app = build(read(Path(words.config)), points=killer(words.at, words.nth, words.spared))
    asyncio.run(app.run())


if __name__ == "__main__":
    main()
