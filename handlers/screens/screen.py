"""A screen: a text with its buttons, before anybody knows to which chat it goes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup

from handlers.keyboards import Verb, menu, one
from handlers.outgoing import Button, ReplyRows, Rows
from handlers.words import Words

LONGEST: Final = 4096
"""Telegram's limit for a text, in characters after parsing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A text in Telegram's HTML with inline rows or a reply keyboard."""

    text: Markup
    rows: Rows = ()
    reply_rows: ReplyRows = ()
    link_preview: str | None = None
    remove_keyboard: bool = False

    def remarked(self, remark: Markup | None) -> "Screen":
        """Return this screen with a remark above its text."""
        if not remark:
            return self
        return replace(self, text=paragraphs([remark, self.text]))


def lines(parts: Iterable[str | Markup | None]) -> Markup:
    """Put what there is to say on lines of its own; empty parts leave none."""
    return Markup("\n").join(part for part in parts if part)


def paragraphs(parts: Iterable[str | Markup | None]) -> Markup:
    """Put what there is to say in paragraphs of its own."""
    return Markup("\n\n").join(part for part in parts if part)


def short(text: str, longest: int) -> str:
    """Cut a text of a person or the shop so that a screen stays within Telegram's limits."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def home_row(words: Words) -> tuple[Button, ...]:
    """Return the row that leads back to the start."""
    return one(words.plain("button.back"), menu(Verb.HOME))
