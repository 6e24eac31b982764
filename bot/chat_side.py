"""The side that speaks Telegram: a fifth of a start goes into loading it, so it comes last."""

from typing import Self

from booking.ports import Environment
from bot.alerts import Alerts
from bot.bot_api import BotApi
from bot.config import Settings
from bot.crew import Crew
from bot.line import Line
from bot.lookout import Lookout
from bot.outbox import Outbox
from bot.pace import chat_pace
from bot.sender import Answers, Sender
from bot.telegram import Dispatcher
from bot.telegram_request import Transport
from handlers.door import Door


class ChatSide:
    """Whatever of the process needs Telegram; `async with` opens its connections."""

    def __init__(self, settings: Settings, lookout: Lookout) -> None:
        telegram, self._lookout = settings.telegram, lookout
        self._pace = telegram.messages_per_second
        token = telegram.token.get_secret_value()
        self._transport = Transport(lookout.telegram)
        self._api = BotApi(self._transport, token=token, api_url=telegram.api_url)
        self.dispatcher = Dispatcher(
            token=token, api_url=telegram.api_url, transport=self._transport
        )
        self.answers = Answers(self._api, lookout.metrics.answered)
        self.line = Line(settings, self._api, self.dispatcher)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        try:
            await self.dispatcher.close()
        finally:
            await self._transport.__aexit__()

    def alerts(self, env: Environment) -> Alerts:
        """Return who tells people of what was given up."""
        return Alerts(env, self.dispatcher)

    async def begin(self, door: Door, crew: Crew) -> None:
        """Meet Telegram, however long it is away, and let the crew work on what needs it."""
        await self.line.bring_up(door)
        outbox = Outbox(door, Sender(self._api, chat_pace(self._pace)), self._lookout.metrics.shown)
        crew.start_chat(self.dispatcher, outbox)
