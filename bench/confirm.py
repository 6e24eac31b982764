"""How fast a paid booking is confirmed, by the real bot and by dj-stripe.

    python -m bench.confirm [EVENTS]

From the first signed checkout.session.completed until every booking is confirmed, with its payment
and its receipt queued in the same commit, read through a second connection. Both read the session
and its payment from the same local Stripe again, which answers at once; both databases are durable
(synchronous=FULL, fsync=on). Nothing is delivered on either side: Telegram is away.

`booking-bot run` (one process) queues three receipts, the screen, the admins' card, two reminders
and a line of the audit log with each confirmation. dj-stripe runs behind gunicorn (two workers of
four threads) with its own webhook view, and queues one receipt.
"""

import asyncio
import base64
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from bench import dj_stripe
from bench.bot_api import TOKEN
from bench.engines import engines
from bench.held import hold
from bench.load import Result, cpu_seconds, free_port, listening, post_all, result, serving
from bench.local_stripe import CALLS, write_answers
from bench.webhook import CONNECTIONS, SECRET, signed
from db.connection import engine_of
from sandbox.stripe.store import Store
from tests.engines import Engine, second_connection

EVENTS: Final = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
WARM: Final = 50
TIMES_THE_PEER: Final = 6.0
LOOK_SECONDS: Final = 0.02
LOOKS: Final = 15_000

CONFIG: Final = """
[telegram]
token = "{token}"
api_url = "http://127.0.0.1:9"
admins = [1]
[stripe]
secret_key = "sk_test_benchbenchbenchbenchbench"
webhook_secrets = ["{secret}"]
api_url = "{stripe}"
[web]
port = {port}
public_url = "http://127.0.0.1:{port}"
[database]
url = "{database}"
[privacy]
key = "{key}"
[shop]
name = "Bench"
timezone = "Europe/Berlin"
currency = "EUR"
[log]
level = "error"
"""
OURS: Final = {
    "confirmed": "SELECT count(*) FROM booking WHERE status = 'confirmed'",
    "payments": "SELECT count(*) FROM attempt WHERE state = 'succeeded' AND payment_intent IS NOT"
    " NULL AND paid_minor = 5000 AND fee_minor > 0",
    "text receipts": "SELECT count(*) FROM job WHERE kind = 'receipt_text'",
    "calendar files": "SELECT count(*) FROM job WHERE kind = 'receipt_ics'",
    "QR codes": "SELECT count(*) FROM job WHERE kind = 'receipt_qr'",
    "events, none dead": "SELECT count(*) FROM job WHERE kind = 'stripe_event' AND NOT EXISTS"
    " (SELECT 1 FROM job WHERE dead_at IS NOT NULL)",
}
PEERS: Final = {
    "confirmed": "SELECT count(*) FROM peer_booking WHERE status = 'confirmed'",
    "payments": "SELECT count(*) FROM peer_payment WHERE amount_minor = 5000",
    "receipts": "SELECT count(*) FROM peer_receipt",
    "events": "SELECT count(*) FROM djstripe_event",
}


@dataclass(frozen=True)
class Shop:
    """One that runs and waits for events."""

    name: str
    pid: int
    port: int
    path: str
    database: str
    counts: dict[str, str]


async def measure(shop: Shop, events: Sequence[bytes]) -> Result:
    """Post every event, wait until all are confirmed, and check what was."""
    requests = [signed(event, shop.path) for event in events]
    await _confirm(shop, requests[:WARM], WARM)
    began, cpu = time.perf_counter(), cpu_seconds(shop.pid)
    took = await _confirm(shop, requests[WARM:], len(requests))
    seconds, cpu = time.perf_counter() - began, cpu_seconds(shop.pid) - cpu
    async with second_connection(shop.database) as reader:
        for what, query in shop.counts.items():
            found = await reader.value(query)
            assert found == len(requests), f"{found} {what} of {len(requests)}"
    return result(shop.name, seconds, took, cpu)


async def _confirm(shop: Shop, requests: Sequence[bytes], confirmed: int) -> list[float]:
    """Post; return the latencies of the answers once so many bookings are confirmed."""
    took = await post_all(shop.port, requests, CONNECTIONS)
    async with second_connection(shop.database) as reader:
        for _ in range(LOOKS):
            if await reader.value(shop.counts["confirmed"]) >= confirmed:
                return took
            await asyncio.sleep(LOOK_SECONDS)
    raise TimeoutError("not every booking was confirmed")


@contextmanager
def ours(database: str, stripe: str, folder: Path) -> Iterator[Shop]:
    """Run booking-bot on a database with held bookings."""
    port, config = free_port(), folder / "config.toml"
    key = base64.b64encode(bytes(range(32))).decode()
    words = {"token": TOKEN, "secret": SECRET, "stripe": stripe, "port": port}
    config.write_text(CONFIG.format(database=database, key=key, **words))
    command = [sys.executable, "-m", "bot", "run", "--config", str(config)]
    with listening(command, port) as pid:
        yield Shop("booking-bot", pid, port, "/webhooks/stripe", database, OURS)


@contextmanager
def peer(database: str, stripe: str, folder: Path, store: Store) -> Iterator[Shop]:
    """Run dj-stripe on an empty database with the same bookings."""
    held = [
        (one["client_reference_id"], one["id"], one["amount_total"])
        for one in store.sessions.values()
    ]
    with dj_stripe.running(database, stripe=stripe, secret=SECRET, folder=folder, held=held) as (
        pid,
        port,
        path,
    ):
        yield Shop("dj-stripe, gunicorn 2 by 4", pid, port, path, database, PEERS)


def run(shop: Shop, stripe: str, events: Sequence[bytes]) -> Result:
    """Measure one shop; tell how often it asked Stripe."""
    _calls(stripe)
    found = asyncio.run(measure(shop, events))
    calls = _calls(stripe)
    assert calls >= len(events), f"Stripe was asked {calls} times only"
    print(f"{found.line()}   {calls / len(events):.1f} calls to Stripe", flush=True)
    return found


def _calls(stripe: str) -> int:
    with urlopen(stripe + CALLS) as answer:
        return int(json.load(answer))


def compare(engine: Engine) -> bool:
    """Measure both on one engine, back to back; return whether the ratio was met."""
    database = engine.fresh()
    store = asyncio.run(hold(database, EVENTS + WARM))
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        write_answers(store, folder / "answers.json")
        completed = [e for e in store.events.values() if e["type"] == "checkout.session.completed"]
        events = [json.dumps(event, indent=2).encode() for event in completed]
        with serving("bench.local_stripe", str(folder / "answers.json")) as (_, port):
            stripe = f"http://127.0.0.1:{port}"
            with ours(database, stripe, folder) as shop:
                mine = run(shop, stripe, events)
            with peer(engine.empty(), stripe, folder, store) as shop:
                theirs = run(shop, stripe, events)
    times = mine.rate / theirs.rate
    print(
        f"  {engine_of(database)}: {times:.1f} times dj-stripe (at least {TIMES_THE_PEER}),"
        f" for 1/{theirs.cpu / mine.cpu:.1f} of its CPU"
    )
    return times >= TIMES_THE_PEER


def main() -> bool:
    """Print the table; return whether the ratio was met on every engine."""
    dj_stripe.install()
    print(f"a paid booking confirmed, receipt queued; {EVENTS} events, {CONNECTIONS} connections")
    print(f"  {'':<44}{'rate':>10}{'answer p50':>13}{'p99':>12}{'CPU':>11}")
    with engines() as found:
        met = [compare(engine) for engine in found]
        return all(met)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
