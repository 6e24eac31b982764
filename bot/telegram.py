"""The Telegram application: every handler registered in order, updates run from their jobs."""

from typing import Final

from telegram import Update
from telegram.ext import Application, ExtBot

from bot import logs
from bot.floods import Floods
from bot.telegram_request import AiohttpRequest, Transport
from bot.update_shape import misshapen
from db.jobs import Job
from handlers import errors, routes
from handlers.context import DOOR, BotApplication, Stored, Visit, context_types
from handlers.door import Door

log = logs.get(__name__)

UNREADABLE: Final = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What reading an update ends with when a field has another type than PTB thinks."""


class Raising(Application[ExtBot[None], Visit, Stored, Stored, Stored, None]):
    """PTB's application, but the error of a handler reaches the job that runs the update."""

    async def process_error(
        self,
        update: object,
        error: Exception,
        job: object = None,
        coroutine: object = None,
    ) -> bool:
        """Raise the error again, so that the update is retried or given up."""
        del update, job, coroutine
        raise error


class Dispatcher:
    """Hand updates to the handlers; open once Telegram answers."""

    def __init__(self, *, token: str, api_url: str, transport: Transport) -> None:
        self._application = _application(token, api_url, transport)
        self._floods: Floods | None = None
        self.username = ""
        """The bot's @name without the @; empty while Telegram has not told it."""

    async def open(self, door: Door) -> None:
        """Ask Telegram who we are; raise telegram.error.TelegramError when it does not say."""
        self._application.bot_data[DOOR] = door
        self._floods = Floods(door.env.clock)
        await self._application.initialize()
        self.username = self._application.bot.username

    async def close(self) -> None:
        """Let go of what was opened."""
        if self.username:
            await self._application.shutdown()

    async def run(self, job: Job) -> None:
        """Handle the update of a job, unless its chat floods us; a handler's error is raised."""
        if self._floods and await self._floods.drops(job):
            return
        if update := self._update(job):
            await self._application.process_update(update)

    async def apologise(self, job: Job, report: str) -> None:
        """Tell whoever sent an update that it is given up."""
        update = self._update(job)
        if update and update.effective_user:
            visit = Visit.from_update(update, self._application)
            await errors.apologise(update, visit, report=report)

    def _update(self, job: Job) -> Update | None:
        """Read an update; None for one that is not as Telegram says, which would break its reader.

        What is new in the Bot API may be unreadable for PTB; it is left alone, too, for it would
        break again each time and hold up its chat.
        """
        wrong = misshapen(job.payload)
        if not wrong:
            try:
                return Update.de_json(job.payload, self._application.bot)
            except UNREADABLE as error:
                wrong = f"{type(error).__name__}: {error}"
        log.warning("unreadable update skipped", why=wrong)
        return None


def _application(token: str, api_url: str, transport: Transport) -> BotApplication:
    """Return PTB's application without its own receiving, timers and persistence."""
    request = AiohttpRequest(transport)
    builder = (
        Application.builder()
        .application_class(Raising)
        .token(token)
        .base_url(f"{api_url.rstrip('/')}/bot")
        .request(request)
        .get_updates_request(request)
        .updater(None)
        .job_queue(None)
        .context_types(context_types())
    )
    application: BotApplication = builder.build()
    application.add_handlers(routes.routes())
    return application
