"""Texts people wrote, made fit to be shown again: one line, nothing hidden in it."""

import unicodedata
from typing import Final

LONGEST_NAME: Final = 100
_JOINERS: Final = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
_HIDDEN: Final = frozenset(
    "\N{COMBINING GRAPHEME JOINER}\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}"
    "\N{HANGUL FILLER}\N{HALFWIDTH HANGUL FILLER}\N{BRAILLE PATTERN BLANK}"
)
"""Letters and signs to Unicode, nothing to the eye."""
_UNWANTED: Final = frozenset({"Cc", "Cf", "Cs", "Co"})


def clean(text: str) -> str:
    """Put a text on one line without control, bidirectional and invisible characters.

    Returns "" when nothing visible is left. Joiners stay between letters: Bengali needs them.
    """
    kept: list[str] = []
    for at, sign in enumerate(text):
        if sign in _JOINERS:
            wanted = _is_letter(kept[-1:]) and _is_letter(text[at + 1 : at + 2])
        else:
            hidden = sign in _HIDDEN or unicodedata.category(sign) in _UNWANTED
            wanted = sign.isspace() or not hidden
        if wanted:
            kept.append(sign)
    line = " ".join("".join(kept).split())
    return line if any(unicodedata.category(sign)[0] in "LNPS" for sign in line) else ""


def clean_name(text: str) -> str:
    """Make a name that somebody chose elsewhere fit for us, cut to its longest."""
    return clean(clean(text)[:LONGEST_NAME])


def _is_letter(signs: str | list[str]) -> bool:
    """Tell whether there is a letter, or else a mark of one, such as the Bengali hasanta."""
    return any(unicodedata.category(sign)[0] in "LM" for sign in signs)
