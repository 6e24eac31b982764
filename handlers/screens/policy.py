"""What happens when somebody cancels, in words with dates."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from markupsafe import Markup

from booking.policy import Deadline, Step, explain
from handlers import formats
from handlers.screens.screen import lines
from handlers.words import Words

ALL: Final = 100


def policy(words: Words, steps: Sequence[Step], *, start: datetime, now: datetime) -> Markup:
    """Say until when cancelling gives how much of the payment back.

    Deadlines that have passed already are left out; where to cancel is said, too.
    """
    ahead = [each for each in explain(steps, start) if each.percent and each.until > now]
    if not ahead:
        return words("policy.none")
    steps_back = lines([*(_until(words, deadline) for deadline in ahead), words("policy.after")])
    return lines([Markup("<blockquote>{}</blockquote>").format(steps_back), words("policy.how")])


def promised(words: Words, steps: Sequence[Step], *, start: datetime) -> list[str]:
    """Say all that was promised about cancelling, whatever the time is now, a line each."""
    deadlines = [each for each in explain(steps, start) if each.percent]
    if not deadlines:
        return [words.plain("policy.none")]
    said = [_until(words, deadline).unescape() for deadline in deadlines]
    return [*said, words.plain("policy.after")]


def _until(words: Words, deadline: Deadline) -> Markup:
    until = formats.moment(words, deadline.until)
    if deadline.percent == ALL:
        return words("policy.all", until=until)
    return words("policy.part", until=until, percent=deadline.percent)
