"""Everything Telegram can do to a call (B3 of the fault model), as the sandbox does it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of fault: how the sandbox names it, and what it means for a message."""

    name: str
    unknown: bool = False
    """Whether it arrived cannot be known."""
    blocks: bool = False
    """The person cannot be reached."""
    never: bool = False
    """Telegram will not take it as it is."""


KINDS = (
    Kind("refused"),
    Kind("timeout", unknown=True),
    Kind("silent", unknown=True),
    Kind("cut", unknown=True),
    Kind("lost", unknown=True),
    Kind("slow:80", unknown=True),
    Kind("html", unknown=True),
    Kind("400:chat not found", blocks=True),
    Kind("400:message is not modified", never=True),
    Kind("400:can't parse entities", never=True),
    Kind("401"),
    Kind("403", blocks=True),
    Kind("403:user is deactivated", blocks=True),
    Kind("404"),
    Kind("409"),
    Kind("429:7"),
    Kind("500"),
    Kind("502"),
)
