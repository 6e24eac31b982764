"""Everything Stripe can do to a call (B3 of the fault model), as the sandbox does it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of fault: how the sandbox names it, and what it means for the call."""

    name: str
    refuses: bool = False
    """Stripe understood the call and says no: asking again is of no use."""
    errors: bool = False
    """Whoever meets it on a read may log an error: there is nothing sensible to be done."""


KINDS = (
    Kind("refused"),
    Kind("timeout"),
    Kind("silent"),
    Kind("cut"),
    Kind("lost"),
    Kind("400", refuses=True),
    Kind("401"),
    Kind("402", refuses=True),
    Kind("403"),
    Kind("404", refuses=True),
    Kind("409"),
    Kind("429"),
    Kind("429:7"),
    Kind("500"),
    Kind("502"),
    Kind("502:html"),
    Kind("html"),
    Kind("slow:80"),
    Kind("500:stored"),
    Kind("reused", refuses=True),
)
BY_NAME = {kind.name: kind for kind in KINDS}
