"""`booking-bot run`, built by the same composition root, that kills itself at a named point.

python -m tests.victim --at hold.before_commit --nth 1 --config FILE
"""

import argparse
import asyncio
import os
import signal
from pathlib import Path

from bot.app import build
from bot.config import read


def killer(name: str, nth: int):
    seen = 0

    def hook(point: str) -> None:
        nonlocal seen
        if point == name:
            seen += 1
            if seen == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--at", required=True)
    parser.add_argument("--nth", type=int, default=1)
    parser.add_argument("--config", required=True)
    words = parser.parse_args()
    app = build(read(Path(words.config)), points=killer(words.at, words.nth))
    asyncio.run(app.run())


if __name__ == "__main__":
    main()
