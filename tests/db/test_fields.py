"""Instants: one moment is one number, whatever zone it was said in."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from db.fields import from_ms, to_ms
from db.models import Customer
from tests.engines import second_connection

DHAKA = timezone(timedelta(hours=6))
SIX_THIRTY = datetime(2026, 11, 23, 6, 30, tzinfo=DHAKA)


async def test_filters_and_updates_compare_instants_not_texts(database):
    await Customer.create(telegram_id=1, created_at=datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert await Customer.filter(created_at__lt=SIX_THIRTY).count() == 0
    assert await Customer.filter(created_at__gte=SIX_THIRTY).count() == 1
    await Customer.filter(telegram_id=1).update(blocked_at=SIX_THIRTY)
    assert await Customer.filter(blocked_at=SIX_THIRTY.astimezone(UTC)).count() == 1
    window = (SIX_THIRTY - timedelta(seconds=1), SIX_THIRTY)
    assert await Customer.filter(blocked_at__range=window).count() == 1
    assert await Customer.filter(blocked_at__in=[SIX_THIRTY]).count() == 1
    assert await Customer.filter(blocked_at__isnull=True).count() == 0
    [customer] = await Customer.all()
    assert customer.blocked_at == SIX_THIRTY
    assert customer.blocked_at.tzinfo is UTC
    async with second_connection(database.url) as other:
        assert await other.value("SELECT blocked_at FROM customer") == to_ms(SIX_THIRTY)


async def test_milliseconds_are_kept(database):
    at = datetime(2026, 11, 23, 1, 2, 3, 456000, tzinfo=UTC)
    await Customer.create(telegram_id=1, created_at=at)
    assert (await Customer.get(telegram_id=1)).created_at == at
    assert from_ms(to_ms(at)) == at


async def test_a_moment_without_a_zone_is_refused(database):
    naive = SIX_THIRTY.replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        await Customer.create(telegram_id=1, created_at=naive)
    with pytest.raises(ValueError, match="time zone"):
        await Customer.filter(created_at__lt=naive).count()
    with pytest.raises(TypeError):
        await Customer.filter(telegram_id=1).update(created_at=5)
