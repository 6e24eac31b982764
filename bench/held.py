"""Bookings that wait for their money, held by the domain, and a Stripe that has the money."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from bench.month import catalogue, environment
from booking import pay
from booking.availability import Place
from booking.catalog_file import parse_catalog
from booking.catalog_import import import_catalog
from booking.catalog_store import shelf
from booking.ports import CheckoutSession, Environment, Payments
from booking.seating import take_a_place
from bot.clock import SystemClock
from bot.randomness import SystemRandomness
from bot.stripe_objects import read_session
from db import connection, installation, jobs
from db.models import Booking, Customer
from db.transactions import transactional
from handlers.checkout import CheckoutWording
from handlers.tokens import Tokens
from sandbox.stripe import payments, sessions
from sandbox.stripe.store import Store
from tests.engines import use_database

BATCH: Final = 100
CARD: Final = "4242424242424242"
HOURS: Final = 3 * 24
"""The first start lies so far ahead that both reminders are still to come."""


class StoredPayments:
    """The port of Stripe for whoever asks for payment pages: the sandbox, without HTTP."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def create(self, params: Mapping[str, Any], *, idempotency_key: str) -> CheckoutSession:
        """Create a session."""
        assert idempotency_key
        return read_session(sessions.create(self._store, dict(params)))


async def hold(url: str, count: int) -> Store:
    """Hold so many bookings in a fresh database and have each of them paid at Stripe."""
    store, now = Store(), datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    await use_database(url)
    try:
        zone = "Europe/Berlin"
        parsed, _ = parse_catalog(catalogue(), source="bench", currency="EUR", timezone=zone)
        await import_catalog(parsed, now=now)
        env = await _environment(store)
        for first in range(0, count, BATCH):
            await _hold(env, range(first, min(first + BATCH, count)), now)
        await _open_pages(env)
    finally:
        await connection.close()
    for identifier in list(store.sessions):
        assert payments.pay(store, identifier, CARD).outcome == "paid"
    assert len(store.charges) == count
    return store


async def _environment(store: Store) -> Environment:
    bare = environment()
    url = "http://127.0.0.1:8080"
    shop = replace(bare.shop, id=await installation.shop_id(), public_url=url)
    return replace(
        bare,
        shop=shop,
        clock=SystemClock(),
        randomness=SystemRandomness(),
        payments=cast("Payments", StoredPayments(store)),
        wording=CheckoutWording(shop, Tokens(b"k" * 32)),
    )


@transactional
async def _hold(env: Environment, numbers: range, now: datetime) -> None:
    """Hold one booking a customer, an hour after the other, with the attempt to be paid."""
    here = await shelf()
    service = here.service("cut")
    assert service is not None
    for number in numbers:
        customer = await Customer.create(telegram_id=1000 + number, language="en", created_at=now)
        staff = f"s{number % len(here.staff_ids)}"
        start = now + timedelta(hours=HOURS + number)
        booking = await Booking.create(
            reference=env.randomness.reference(),
            customer_id=customer.id,
            service_id=here.service_id("cut"),
            staff_id=here.staff_id(staff),
            start=start,
            end=start + timedelta(minutes=service.duration),
            seats=1,
            price_minor=5000,
            discount_minor=0,
            due_minor=5000,
            onsite_minor=0,
            currency="EUR",
            snapshot=here.snapshot("cut", staff),
            details={"name": "Ada", "phone": "+4930123456", "email": None, "answers": {}},
            held_until=env.clock.now() + timedelta(minutes=30),
            created_at=env.clock.now(),
        )
        place = Place(staff, here.units[staff][0], booking.service_id, 1)
        await take_a_place(here, service=service, places=[place], booking=booking)
        await pay.open_attempt(env, booking=booking, customer=customer)


async def _open_pages(env: Environment) -> None:
    kinds = ["create_checkout"]
    while leased := await jobs.lease(kinds=kinds, limit=BATCH, now=env.clock.now()):
        for job in leased:
            await pay.create_checkout(env, job)
            await jobs.finish(job, env.clock.now())
