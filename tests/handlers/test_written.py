"""What people write is shown again as one visible line, and never lies about its order."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.written import LONGEST_NAME, clean, clean_name


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Ada \t\r\n Lovelace ", "Ada Lovelace"),
        ("Ada\u2028Paid: yes", "Ada Paid: yes"),
        ("Ada\u202egnp.exe", "Adagnp.exe"),
        ("\u2066Ada\u2069 \u200fB", "Ada B"),
        ("A\u200bd\ufeffa\u00ad", "Ada"),
        ("Ada\x00\x1b[31m", "Ada[31m"),
        ("\u200dAda\u200c \u200d", "Ada"),
        ("র\u200d্যাব", "র\u200d্যাব"),
        ("ক্\u200cষ", "ক্\u200cষ"),
        ("a\u200d\u200d\u200db", "a\u200db"),
        ("Zoë O'Hara", "Zoë O'Hara"),
        ("👍", "👍"),
    ],
)
def test_what_is_hidden_goes_and_what_is_meant_stays(written, kept):
    assert clean(written) == kept


@pytest.mark.parametrize("written", ["", " \n", "\u200b", "\u202e\u2066", "\u3164\u2800", "\u0301"])
def test_what_cannot_be_seen_is_nothing(written):
    assert clean(written) == ""


def test_a_long_profile_name_is_cut():
    assert clean_name("x" * 300) == "x" * LONGEST_NAME


@given(st.text(max_size=60))
def test_cleaning_leaves_no_control_and_is_done_at_once(text):
    cleaned = clean(text)
    assert not any(unicodedata.category(sign) in {"Cc", "Zl", "Zp"} for sign in cleaned)
    assert clean(cleaned) == cleaned
