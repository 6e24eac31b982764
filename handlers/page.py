"""What a page of ours is made of."""

from dataclasses import dataclass, field

from markupsafe import Markup

from handlers.words import Words


@dataclass(frozen=True, slots=True)
class Link:
    """A button of a page."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was booked, with its name."""

    label: str
    value: str
    small: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says; its texts are already escaped."""

    words: Words
    title: Markup
    text: Markup
    mark: str = "over"
    """The sign above the title: good, wait, look or over."""
    amount: Fact | None = None
    facts: list[Fact] = field(default_factory=list)
    buttons: list[Link] = field(default_factory=list)
    status: int = 200
