"""A thousand customers confirm one slot, from outside: over HTTP, to the real process."""

import asyncio
import itertools
import os
from datetime import datetime
from pathlib import Path

import pytest

from db import connection
from db.transactions import run
from tests.crowd import DAY, exported, says, tap, until, walk_to_summary
from tests.db.test_claims import without_the_guard
from tests.engines import second_connection, use_database
from tests.process import Bot, sandbox

CATALOG = Path(__file__).parent / "race.toml"
CROWD = int(os.environ.get("BOOKING_BOT_TEST_CROWD", "1000"))
FEWER = max(40, min(200, CROWD // 3))
TOGETHER = 100
LIVE = {"held", "awaiting_payment", "processing", "confirmed"}
"""A day that has all its times, whatever the hour is: a booking wants a day's notice."""


async def in_batches(work, size=TOGETHER):
    for first in range(0, len(work), size):
        await asyncio.gather(*(job() for job in work[first : first + size]))


async def race(tmp_path, database_url, people, *, prepare=None):
    """Bring everybody to the summary, let all confirm at once, and see who holds what.

    `people` is a list of (service, day label, time label). Gives live bookings and answer times.
    """
    async with sandbox() as world:
        bot = Bot(tmp_path, world, database_url, messages_per_second=100_000)
        assert (await bot.command("migrate"))[0] == 0
        code, out, err = await bot.command("catalog", "import", str(CATALOG))
        assert code == 0, out + err
        if prepare:
            await prepare(database_url)
        await bot.start()
        try:
            users = range(1000, 1000 + len(people))
            await in_batches(
                [
                    lambda user=user, way=way: walk_to_summary(world, user, *way)
                    for user, way in zip(users, people, strict=True)
                ]
            )
            await asyncio.gather(*(tap(world, user, "^Confirm") for user in users))
            await asyncio.gather(*(answered(world, user) for user in users))
            code, out, err = await bot.command("export", "bookings")
            assert code == 0, err
            live = [row for row in exported(out) if row["status"] in LIVE]
            return world, live, await answer_times(database_url, len(people))
        finally:
            await bot.kill()


async def answered(world, user):
    def told():
        return says(world, user, "held for you|Pay|just taken|taken")

    await until(told, within=60, what=f"an answer for {user}: {world.telegram.transcript(user)}")


async def answer_times(database_url, number):
    """Seconds from an accepted tap on Confirm to its committed answer, from a second connection."""
    async with second_connection(database_url) as other:
        taps = await other.rows(
            "SELECT a.created_at - u.created_at AS took FROM job u JOIN job a"
            " ON a.key = 'screen:' || substr(u.key, 5) WHERE u.kind = 'update'"
            f" ORDER BY u.id DESC LIMIT {number}"
        )
    return sorted(row["took"] / 1000 for row in taps)


def overlaps(bookings):
    """Pairs of live bookings of one staff member whose times, buffers included, overlap."""
    buffers = {"short": (0, 15), "long": (15, 0), "cut": (0, 0)}
    spans = []
    for row in bookings:
        before, after = buffers[row["service"]]
        start = datetime.fromisoformat(row["start"]).timestamp() - before * 60
        end = datetime.fromisoformat(row["end"]).timestamp() + after * 60
        spans.append((start, end))
    spans.sort()
    return [(one, two) for one, two in itertools.pairwise(spans) if two[0] < one[1]]


@pytest.mark.family("R7")
@pytest.mark.timeout(400)
async def test_of_a_thousand_customers_exactly_one_gets_the_slot(
    tmp_path, database_url, record_property
):
    record_property("runs", CROWD)
    people = [("cut", DAY, "^10:00")] * CROWD
    world, live, times = await race(tmp_path, database_url, people)
    assert len(live) == 1
    losers = [user for user in range(1000, 1000 + CROWD) if not says(world, user, "held for you")]
    assert len(losers) == CROWD - 1
    print(f"\n{CROWD} answers: median {times[len(times) // 2]:.2f} s, last {times[-1]:.2f} s")


@pytest.mark.family("R7")
async def test_a_class_sells_exactly_its_seats(tmp_path, database_url, record_property):
    record_property("runs", FEWER)
    people = [("class", DAY)] * FEWER
    _, live, _ = await race(tmp_path, database_url, people)
    assert sum(row["seats"] for row in live) == 10


@pytest.mark.family("R7")
async def test_overlapping_unequal_times_with_buffers_never_meet(
    tmp_path, database_url, record_property
):
    record_property("runs", FEWER)
    ways = [("short", DAY, "^10:00"), ("short", DAY, "^10:15"), ("long", DAY, "^10:30")]
    ways += [("long", DAY, "^09:00"), ("cut", DAY, "^10:45")]
    _, live, _ = await race(tmp_path, database_url, ways * (FEWER // 5))
    assert live
    assert overlaps(live) == []


FORGET = "UPDATE occurrence SET cell_from = 0, cell_to = 0 WHERE id = NEW.id"
FORGETTING = {
    True: f"CREATE TRIGGER forget AFTER INSERT ON occurrence BEGIN {FORGET}; END",
    False: f"""CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN {FORGET}; RETURN NULL; END $$;
      CREATE TRIGGER forget AFTER INSERT ON occurrence FOR EACH ROW EXECUTE FUNCTION forget()""",
}
"""By whether it is SQLite: what is taken is forgotten at once."""


async def without_guard(database_url) -> None:
    """No unique index, and no memory of what is taken.

    A look inside of one's transaction is a guard by itself where transactions queue up: always on
    SQLite, and on PostgreSQL whenever one commits before the others look.
    """
    opened = await use_database(database_url)
    try:
        await without_the_guard()
        await run(FORGETTING[opened.is_sqlite])
    finally:
        await connection.close()


@pytest.mark.family("R7")
async def test_control_without_the_guard_the_same_race_overbooks(tmp_path, database_url):
    people = [("cut", DAY, "^10:00")] * FEWER
    _, live, _ = await race(tmp_path, database_url, people, prepare=without_guard)
    assert len(live) > 1, "the guard was off and still nobody was overbooked: this proves nothing"
