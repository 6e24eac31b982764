"""python -m tests.restarts --minutes 10 --rate 1"""

import argparse
import asyncio
import random
import secrets
import sys
import tempfile
from pathlib import Path

from tests.engines import engine_on, private_server
from tests.families.record import write
from tests.postgres_server import NoPostgres
from tests.restarts.run import restarted

SOON_SECONDS = 5.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make restarts", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=float, default=1, help="customers a second")
    parser.add_argument("--seed", type=int, default=0, help="0 draws one")
    words = parser.parse_args()
    seed = words.seed or secrets.randbelow(1_000_000)
    print(f"seed {seed}", flush=True)
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            private_server(durable=True) as server,
            engine_on(server.url) as engine,
        ):
            seen = asyncio.run(
                restarted(
                    Path(folder),
                    server,
                    engine.fresh(),
                    seconds=words.minutes * 60,
                    rate=words.rate,
                    dice=random.Random(seed),
                )
            )
    except NoPostgres as missing:
        print(missing, file=sys.stderr)
        return 1
    return told(words, seed, *seen)


def told(words, seed: int, found, restarts, customers) -> int:
    longest = max(restarts.returns, default=0.0)
    found.must(longest <= SOON_SECONDS, f"ready only {longest:.1f} s after the server")
    waited = sorted(customers.waited) or [0.0]
    figures = {
        "seed": seed,
        "restarts": restarts.ways,
        "longest_until_ready_s": round(longest, 1),
        "confirmed": found.confirmed,
        "taken": customers.taken,
        "receipts_sent_again": found.doubled,
        "longest_from_payment_to_receipt_s": round(waited[-1], 1),
        "wrong": [one[:200] for one in found.wrong[:10]],
    }
    for name, figure in figures.items():
        print(f"{name}: {figure}")
    how = f"--rate {words.rate:g} --seed {seed}"
    command = f'make restarts MINUTES={words.minutes:g} ARGS="{how}"'
    passed = not found.wrong
    write("restarts", "postgres", ["R14"], command, len(restarts.returns), passed, figures)
    return int(not passed)


if __name__ == "__main__":
    sys.exit(main())
