"""One customer's bookings an hour: a program that holds and cancels comes to its end."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.hold import HELD_WITHIN, MOST_HELD
from db.models import Booking
from tests.engines import second_connection
from tests.handlers.chat import Chat
from tests.handlers.test_doors import opened_door
from tests.journeys.conftest import Dice

HELD, MANY = "held for you until", "many bookings within an hour"


@pytest.fixture
async def door(database):
    made, _toasts = await opened_door()
    return replace(made, env=replace(made.env, randomness=Dice()))


async def confirms(chat, time):
    await chat.says("/start svc_haircut")
    for label in ("^Any", "^Fri 4 Dec", time, "^Skip", "^Long"):
        await chat.taps(label)
    await chat.shares("4930123456", chat.user)
    return (await chat.taps("^Confirm")).text


async def begun_before(booking, number):
    """So many bookings like this one, which were begun with it and called off."""
    fields = {name: getattr(booking, name) for name in booking._meta.db_fields} | {"draft_id": None}
    del fields["id"]
    ended = {"status": "cancelled", "end_reason": "customer", "ended_at": booking.created_at}
    await Booking.bulk_create(
        [Booking(**fields | ended | {"reference": f"BK-TES{at:03}"}) for at in range(number)]
    )


@pytest.mark.family("R20")
async def test_who_holds_and_cancels_all_the_time_must_wait_and_nobody_else(door, database):
    mallory, ada = Chat(door, user=666), Chat(door)
    assert HELD in await confirms(mallory, "^09:00")
    await begun_before(await Booking.get(), MOST_HELD - 2)
    assert HELD in await confirms(mallory, "^10:00")
    refused = await confirms(mallory, "^11:45")
    assert MANY in refused
    assert "check your booking" in refused
    async with second_connection(database.url) as other:
        assert await other.value("SELECT count(*) FROM booking") == MOST_HELD
    assert HELD in await confirms(ada, "^11:45")
    door.env.clock.at += HELD_WITHIN + timedelta(seconds=1)
    assert HELD in await confirms(mallory, "^13:00")
