"""What Telegram shows before anybody writes: the commands, by language and for admins."""

from typing import Any, Final

from booking.ports import Shop
from bot import logs
from bot.bot_api import ApiRefusal, BotApi
from handlers.words import Words, offered

log = logs.get(__name__)

FOR_ALL: Final = (
    "start",
    "book",
    "bookings",
    "cancel",
    "language",
    "help",
    "support",
    "terms",
    "privacy",
    "forget",
)
FOR_ADMINS: Final = ("today", "booking")
Params = dict[str, Any]


async def introduce(api: BotApi, shop: Shop) -> None:
    """Set the commands: the shop's default language for everybody, its others by language."""
    await api.call("setMyCommands", _commands(Words(shop.default_language, shop), FOR_ALL))
    for language in offered(shop)[1:]:
        params = _commands(Words(language, shop), FOR_ALL)
        await api.call("setMyCommands", params | {"language_code": language})
    for admin in sorted(shop.admins):
        params = _commands(Words(shop.default_language, shop), FOR_ALL + FOR_ADMINS)
        scope = {"type": "chat", "chat_id": admin}
        try:
            await api.call("setMyCommands", params | {"scope": scope})
        except ApiRefusal as refusal:  # an admin who has not yet written to the bot
            log.info("an admin's commands are not set", admin=admin, why=str(refusal))


def _commands(words: Words, names: tuple[str, ...]) -> Params:
    shown = [{"command": name, "description": words.plain(f"command.{name}")} for name in names]
    return {"commands": shown}
