"""Keys: an outage uses none up, and a lost call is asked about under its own key."""

from itertools import pairwise

from booking.idempotency import NEW_KEYS, keys_of


def test_every_run_begins_with_the_intents_own_key():
    assert all(next(keys_of("k", run=run)) == "k" for run in range(1, 30))


def test_every_run_asks_under_the_keys_of_the_run_before_and_then_under_new_ones():
    runs = [list(keys_of("k", run=run)) for run in range(1, 30)]
    for before, after in pairwise(runs):
        own = before[-NEW_KEYS:]
        assert after[1 : NEW_KEYS + 1] == own
        assert not {*after[NEW_KEYS + 1 :]} & {*before}
        assert len(after) == 2 * NEW_KEYS + 1


def test_no_run_asks_twice_under_one_key():
    for run in range(1, 30):
        keys = list(keys_of("k", run=run))
        assert len({*keys}) == len(keys)
