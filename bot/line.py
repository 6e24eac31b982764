"""The line to Telegram: brought up in the background, however long Telegram is away."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final

from telegram.error import InvalidToken, RetryAfter, TelegramError

from booking.ports import Clock
from bot import logs
from bot.bot_api import ApiRefusal, BotApi
from bot.config import Settings
from bot.hook import HOOK_PATH
from bot.introduction import introduce
from bot.patiently import patiently
from bot.receiver import Poller, match_reception
from bot.telegram import Dispatcher
from bot.watch import Count
from handlers.door import Door

log = logs.get(__name__)

FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 30.0
REFUSED: Final = "telegram.token: Telegram answered and refused it"


def _refuses_token(error: Exception) -> bool:
    refused = isinstance(error, ApiRefusal) and error.refuses_token
    return refused or isinstance(error, InvalidToken)


def _said(error: Exception) -> str:
    return REFUSED if _refuses_token(error) else "Telegram does not answer yet"


def _wished(error: Exception) -> float | None:
    """Return how many seconds Telegram asks us to wait, when it does."""
    if isinstance(error, RetryAfter):
        asked = error.retry_after
        return asked.total_seconds() if isinstance(asked, timedelta) else asked
    return error.retry_after if isinstance(error, ApiRefusal) else None


class Line:
    """Know when Telegram answers, and receive from it the configured way."""

    def __init__(self, settings: Settings, api: BotApi, dispatcher: Dispatcher) -> None:
        self._telegram, self._public_url = settings.telegram, settings.web.public_url
        self._api, self._dispatcher = api, dispatcher
        self._shop = settings.shop
        self._up = asyncio.Event()

    @property
    def is_up(self) -> bool:
        """Tell whether Telegram has answered."""
        return self._up.is_set()

    async def ready(self) -> None:
        """Return when Telegram has answered."""
        await self._up.wait()

    async def bring_up(self, door: Door) -> None:
        """Ask who we are and set or delete the webhook, again and again until both succeed."""

        async def meet() -> None:
            await self._dispatcher.open(door)
            await match_reception(
                self._api,
                hook_url=None if self.polls else self._public_url + HOOK_PATH,
                secret=self._telegram.webhook_secret.get_secret_value(),
            )

        await _insist(meet, _said)
        self._up.set()
        log.info("Telegram answers", bot=self._dispatcher.username, receive=self._telegram.receive)

    @property
    def polls(self) -> bool:
        """Tell whether we ask for updates, instead of being sent them."""
        return self._telegram.receive == "polling"

    async def receive(self, clock: Clock, count: Count) -> None:
        """Ask for updates for ever; `count` is told of each."""
        await Poller(self._api, clock, count).run()

    async def introduce(self, door: Door) -> None:
        """Tell Telegram the commands; when it refuses them, the bot does without a menu."""

        async def tell() -> None:
            try:
                await introduce(self._api, door.env.shop)
            except ApiRefusal as refusal:
                if not refusal.finds_mistake:
                    raise
                log.warning("commands not set", why=str(refusal))

        await patiently(lambda: _insist(tell, lambda _: "commands not set yet"))


async def _insist(attempt: Callable[[], Awaitable[None]], said: Callable[[Exception], str]) -> None:
    """Try again and again until Telegram has done it."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            return await attempt()
        except (TelegramError, ApiRefusal) as error:
            wait = _wished(error) or pause
            log.warning(said(error), why=str(error), again=wait)
        await asyncio.sleep(wait)
        pause = min(LONGEST_PAUSE_SECONDS, pause * 2)
