"""Callback data: short, exact, and recognised when it is old or foreign."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.keyboards import MAX_BYTES, Tap, Verb, base36, decode, encode, on_booking, on_draft

KEYS = st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True)


@given(st.sampled_from(Verb), st.integers(1, 2**31 - 1), st.integers(1, 9999), KEYS)
def test_what_is_written_is_read_back(verb, draft, version, arg):
    data = on_draft(draft, version, verb, arg)
    tap = decode(data)
    assert tap is not None
    assert (tap.verb, tap.draft_id, tap.draft_version, tap.arg) == (verb, draft, version, arg)
    assert len(data.encode()) <= MAX_BYTES


@given(st.integers(0, 10**12))
def test_base_36_is_read_by_python(number):
    assert int(base36(number), 36) == number


@given(st.text(max_size=64))
def test_no_text_breaks_the_reader(text):
    tap = decode(text)
    assert tap is None or encode(tap) == text


@pytest.mark.parametrize("data", ["", None, "v2:svc:1:1:x", "v1:zzz:1:1:x", "v1:svc:1:1", "x"])
def test_foreign_data_is_not_ours(data):
    assert decode(data) is None


def test_an_argument_may_hold_colons():
    assert decode("v1:tim:1:1:15:30") == Tap(Verb.TIME, "1", "1", "15:30")


def test_a_tap_on_a_booking_names_no_draft():
    tap = decode(on_booking("BK-7KD2QX", Verb.PAID))
    assert tap is not None
    assert (tap.ref, tap.draft_id, tap.draft_version) == ("BK-7KD2QX", 0, 0)


def test_data_too_long_for_telegram_is_refused():
    with pytest.raises(ValueError, match="64 bytes"):
        on_draft(1, 1, Verb.ANSWER, "ক" * 30)
