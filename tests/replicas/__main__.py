"""python -m tests.replicas --seconds 60 --rate 2 --every 5 --replicas 3"""

import argparse
import asyncio
import random
import secrets
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from tests import engines
from tests.families import record
from tests.process import sandbox
from tests.replicas.check import check
from tests.replicas.customers import Customers
from tests.replicas.fleet import CATALOG, fleet
from tests.replicas.proxy import NoProxy, nginx

UNITS = 8


def arguments():
    parser = argparse.ArgumentParser(prog="make replicas", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long customers come")
    parser.add_argument("--rate", type=float, default=2, help="customers a second")
    parser.add_argument("--every", type=float, default=5, help="seconds between two kills")
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--receive", choices=("webhook", "polling"), default="webhook")
    parser.add_argument("--seed", type=int, default=0, help="0 draws one")
    return parser.parse_args()


async def ran(words, folder: Path, url: str, seed: int) -> int:
    """Run the fleet under load and kills; print the figures and what is wrong."""
    async with sandbox() as world:
        proxy = partial(nginx, folder / "nginx")
        given = {"replicas": words.replicas, "receive": words.receive, "reminders": "[0.02]"}
        async with fleet(folder, world, url, proxy, **given) as shop:
            await shop.start()
            await shop.bots[0].imports(CATALOG)
            customers, began = Customers(world), time.monotonic()
            await asyncio.gather(
                shop.keep_killing(words.every, words.seconds, random.Random(seed)),
                customers.come(rate=words.rate, seconds=words.seconds),
            )
            took = time.monotonic() - began
            await shop.restart_each()
            await world.settle(within=60, quiet=3)
            codes = await shop.stop()
            found = await check(world, shop.bots[0], url, units=UNITS)
            found.wrong += customers.failed
            found.must(not any(codes), f"return codes {codes}")
            found.must(not shop.errors(), f"errors: {shop.errors()[:3]}")
            return told(words, seed, found, customers, shop, took)


def told(words, seed: int, found, customers, shop, took: float) -> int:
    waited = sorted(customers.waited) or [0.0]
    print(
        f"{len(shop.bots)} replicas behind nginx, {took:.0f} s, {shop.kills} kills -9, and each"
        f" restarted at the end\n{found.confirmed} bookings paid and confirmed,"
        f" {customers.taken} told that their time was taken\nfrom payment to receipt: median"
        f" {waited[len(waited) // 2]:.1f} s, longest {waited[-1]:.1f} s"
        f"\nfrom start to ready: {', '.join(f'{one:.1f}' for one in sorted(shop.starts))} s"
        f"\n{found.doubled} receipts sent again\n{len(found.wrong)} things wrong"
    )
    for one in found.wrong:
        print(f"  {one[-1500:]}")
    how = f"--seconds {words.seconds:g} --rate {words.rate:g} --receive {words.receive}"
    figures = {
        "replicas": len(shop.bots),
        "confirmed": found.confirmed,
        "taken": customers.taken,
        "receipts_sent_again": found.doubled,
        "longest_from_payment_to_receipt_s": round(waited[-1], 1),
        "longest_from_start_to_ready_s": round(max(shop.starts, default=0.0), 1),
        "wrong": [one[:200] for one in found.wrong[:10]],
    }
    command, passed = f'make replicas ARGS="{how} --seed {seed}"', not found.wrong
    record.write("replicas", "postgres", ["R2"], command, shop.kills, passed, figures)
    return int(not passed)


def main() -> int:
    words = arguments()
    seed = words.seed or secrets.randbelow(1_000_000)
    print(f"seed {seed}", flush=True)
    try:
        with tempfile.TemporaryDirectory() as folder, engines.postgres_engine(durable=True) as one:
            return asyncio.run(ran(words, Path(folder), one.empty(), seed))
    except (engines.NoPostgres, NoProxy) as missing:
        print(missing, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
