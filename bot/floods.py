"""Floods: what one chat sends faster than it can be answered is let go, so that others are not.

Telegram takes about one message a second for a chat. Whoever sends more than can be answered would
only pile up answers; beyond some that wait, what comes meanwhile is left without one.
"""

from typing import Final

from booking.notices import chat_of, out_lane
from booking.ports import Clock
from bot.seldom import Seldom
from db.fields import to_ms
from db.jobs import Job
from db.lanes import let_go, open_in_lane

WINDOW_MS: Final = 10_000
MANY: Final = 20
"""More updates than a person sends within a window: then it is looked how many answers wait."""
MOST_ANSWERS: Final = 20
MOST_WAITING: Final = 20
MOST_CHATS: Final = 10_000
SPARED: Final = ("my_chat_member",)
"""Blocking and unblocking are no flood."""


class Floods:
    """Tell which updates are left without an answer; counts are this process's own."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._windows: dict[str, tuple[int, int]] = {}
        self._warn = Seldom()

    async def drops(self, job: Job) -> bool:
        """Tell whether an update is to be let go; then those before the newest are, too."""
        if job.lane is None or not self._is_fast(job.lane):
            return False
        if any(name in job.payload for name in SPARED):
            return False
        answers = await open_in_lane(out_lane(chat_of(job.lane)), most=MOST_ANSWERS)
        if answers < MOST_ANSWERS:
            return False
        gone = await let_go(job.lane, keep=MOST_WAITING, now=self._clock.now())
        self._warn("one chat sends more than can be answered", why="flood", let_go=gone + 1)
        return True

    def _is_fast(self, lane: str) -> bool:
        window = to_ms(self._clock.now()) // WINDOW_MS
        if len(self._windows) >= MOST_CHATS:
            kept = {name: one for name, one in self._windows.items() if one[0] == window}
            self._windows = kept if len(kept) < MOST_CHATS else {}
        began, count = self._windows.get(lane, (window, 0))
        count = count + 1 if began == window else 1
        self._windows[lane] = (window, count)
        return count > MANY
