"""How fast many messages leave: as fast as Telegram allows, in every second of it."""

from collections import defaultdict

import pytest

from tests.outside import bulk
from tests.simulation.times import run

MANY = 5000
MOST_PER_SECOND = 30
CHAT_BURST = 5


@pytest.mark.family("R11")
def test_in_no_second_do_more_messages_leave_than_telegram_takes(record_property):
    left = sorted(bulk.left_at(MANY))
    assert bulk.most_within([at for at, _ in left], 1) <= MOST_PER_SECOND
    chats = defaultdict(list)
    for at, chat in left:
        chats[chat].append(at)
    assert all(bulk.most_within(times, 1) <= CHAT_BURST for times in chats.values())
    assert left[-1][0] <= MANY / bulk.PER_SECOND
    record_property("runs", MANY)


@pytest.mark.family("R11")
def test_a_chat_that_is_told_much_is_told_once_a_second():
    left = [at for at, _ in bulk.left_at(30, a_chat=30)]
    assert [round(at) for at in left] == [0] * CHAT_BURST + list(range(1, 26))


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
@pytest.mark.family("R11")
def test_a_bulk_arrives_once_each_and_telegram_never_asks_us_to_wait(
    request, tmp_path, engine, record_property
):
    made = request.getfixturevalue(f"{engine}_engine")
    wrong, figures = run(bulk.play(made, tmp_path, count=100))
    assert wrong == {}
    record_property("runs", figures["messages"])
