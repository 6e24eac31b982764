"""Deliver outgoing messages: paced, edited or sent anew, with Telegram's refusals understood."""

from collections.abc import Awaitable, Callable
from typing import Final

from telegram.error import NetworkError

from booking.errors import Unavailable
from bot import chat_memory, logs
from bot.bot_api import ApiRefusal, BotApi, as_dict
from bot.pace import ChatPace
from bot.telegram_request import NotSent
from bot.watch import Taps, nobody
from bot.wire import Call, editing, sending, stripping
from bot.work import GiveUp, Later
from db import trace
from db.points import reach
from handlers.outgoing import Outgoing

log = logs.get(__name__)

UNCHANGED: Final = ("message is not modified",)
NOT_EDITABLE: Final = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
    "there is no text in the message to edit",
)
UNREACHABLE: Final = ("chat not found", "can't initiate conversation", "peer_id_invalid")
PROBE_SECONDS: Final = 5.0
FORBIDDEN: Final = 403


class Blocked(Exception):
    """The person cannot be reached: they blocked the bot, never started it, or are gone."""


class OutcomeUnknown(Exception):
    """The message may have arrived: Telegram's answer was lost."""


class Sender:
    """Say things in chats; one message of a chat at a time, which lanes see to."""

    def __init__(self, api: BotApi, pace: ChatPace) -> None:
        self._api, self._pace = api, pace

    async def deliver(self, message: Outgoing) -> None:
        """Return when Telegram has the message.

        Raises Blocked, OutcomeUnknown (new messages only: edits are repeated), Later (Telegram
        asks to wait), Unavailable (surely not done), GiveUp (Telegram will never take it).
        """
        await self._pace.wait(message.chat_id)
        reach("send.before")
        edited = message.mode == "edit" and message.message_id is not None
        shown = message.message_id if edited and await self._edit(message) else None
        if message.live:
            await self._strip_previous(message.chat_id, unless=shown)
        if shown is None:
            shown = await self._send(message)
        reach("send.after")
        if message.live:
            await chat_memory.keep_live_message(message.chat_id, shown)

    async def _edit(self, message: Outgoing) -> bool:
        """Return false when there is nothing to edit any more."""
        try:
            await _translated(lambda: self._make(editing(message)))
        except ApiRefusal as refusal:
            if refusal.says(*UNCHANGED):
                return True
            if refusal.says(*NOT_EDITABLE):
                return False
            raise GiveUp(str(refusal)) from None
        except OutcomeUnknown as doubt:  # the same edit twice says the same
            raise Unavailable("Telegram did not answer") from doubt
        return True

    async def _send(self, message: Outgoing) -> int:
        try:
            sent = as_dict(await _translated(lambda: self._make(sending(message))))
        except ApiRefusal as refusal:
            raise GiveUp(str(refusal)) from None
        number: int = sent["message_id"]
        return number

    async def _strip_previous(self, chat_id: int, *, unless: int | None) -> None:
        """Leave one message with buttons in the chat: an older one may just have been tapped."""
        previous = await chat_memory.live_message(chat_id)
        if previous is None or previous == unless:
            return
        try:
            await self._make(stripping(chat_id, previous))
        except NotSent as error:
            raise Unavailable("Telegram cannot be reached") from error
        except (ApiRefusal, NetworkError) as error:
            if isinstance(error, ApiRefusal) and error.retry_after is not None:
                raise Later(error.retry_after) from None
            # old buttons are versioned: stale ones say so
            log.debug("buttons not removed", why=str(error))

    async def is_answered(self) -> bool:
        """Tell whether Telegram answers us at all: then what fails is this message or its chat."""
        try:
            await self._api.call("getMe", seconds=PROBE_SECONDS)
        except (ApiRefusal, NetworkError):
            return False
        return True

    async def _make(self, call: Call) -> object:
        return await self._api.call(call.method, call.params, upload=call.upload)


async def _translated(attempt: Callable[[], Awaitable[object]]) -> object:
    """Make a call; raise what its failure means, or ApiRefusal for other answers with 400."""
    try:
        return await attempt()
    except NotSent as error:
        raise Unavailable("Telegram cannot be reached") from error
    except NetworkError as error:
        raise OutcomeUnknown(str(error)) from error
    except ApiRefusal as refusal:
        if refusal.retry_after is not None:
            raise Later(refusal.retry_after) from None
        if refusal.code == FORBIDDEN or refusal.says(*UNREACHABLE):
            raise Blocked(refusal.description) from None
        if refusal.migrated_to:
            now_at = f"the chat is {refusal.migrated_to} now: change telegram.admin_chat"
            raise GiveUp(now_at) from None
        if not refusal.finds_mistake:  # 5xx, a token rolled under way, another bot's turn
            raise Unavailable(f"Telegram: {refusal}") from None
        raise


class Answers:
    """Answer presses at once, beside the outbox: late or lost answers cost a spinner at most."""

    SECONDS: Final = 3.0

    def __init__(self, api: BotApi, answered: Taps = nobody) -> None:
        self._api, self._answered = api, answered

    async def answer(self, query_id: str, text: str | None) -> None:
        """Stop the button's spinner, with a toast when there is something to say."""
        params = {"callback_query_id": query_id} | ({"text": text} if text else {})
        try:
            await self._api.call("answerCallbackQuery", params, seconds=self.SECONDS)
        except (ApiRefusal, NetworkError) as error:
            log.debug("press not answered", why=str(error))
        else:
            self._answered(trace.current())
