"""Looks at Stripe that pages ask for: anybody with a link may open it as often as he likes."""

import asyncio
from typing import Final

from booking.confirm import confirm
from booking.errors import Unavailable
from booking.patience import PEOPLE_WAIT
from booking.ports import Environment, PaymentRejected
from booking.standing import Standing

AT_ONCE: Final = 8
"""Stripe takes so many a second; payments are more important than pages."""
FRESH_SECONDS: Final = 2.0
MOST_KEPT: Final = 1000
UNSURE: Final = "unsure"


class Looks:
    """Say how sessions stand: one look a session, shared by all who ask meanwhile or just after."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)
        self._shared: dict[str, tuple[float, asyncio.Future[str]]] = {}

    async def standing(self, env: Environment, session_id: str) -> str:
        """Return a Standing, or UNSURE when Stripe does not say so in time."""
        now = asyncio.get_running_loop().time()
        began, look = self._shared.get(session_id, (0.0, None))
        if look and (not look.done() or now - began < FRESH_SECONDS):
            return await asyncio.shield(look)
        return await self._look(env, session_id, now)

    async def _look(self, env: Environment, session_id: str, now: float) -> str:
        if len(self._shared) >= MOST_KEPT:
            self._shared = {name: one for name, one in self._shared.items() if not one[1].done()}
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._shared[session_id] = (now, told)
        said = UNSURE  # should this be broken off
        try:
            async with asyncio.timeout(PEOPLE_WAIT):
                await self._places.acquire()
            try:
                said = await _confirmed(env, session_id)
            finally:
                self._places.release()
        except TimeoutError:
            said = UNSURE
        finally:
            told.set_result(said)
        return said


async def _confirmed(env: Environment, session_id: str) -> str:
    try:
        standing = await confirm(env, session_id, seconds=PEOPLE_WAIT)
    except (Unavailable, PaymentRejected):
        return UNSURE
    return UNSURE if standing in {Standing.UNKNOWN, Standing.MISSING} else standing
