"""What Telegram shows before anybody writes: the commands, by language and for admins."""

from typing import Any

from booking.ports import Shop
from bot import logs
from bot.bot_api import ApiRefusal, BotApi
from handlers.screens.info import commands
from handlers.words import Words, offered

log = logs.get(__name__)

Params = dict[str, Any]


async def introduce(api: BotApi, shop: Shop) -> None:
    """Set the commands: the shop's default language for everybody, its others by language."""
    await api.call("setMyCommands", _listed(shop.default_language, shop))
    for language in offered(shop)[1:]:
        params = _listed(language, shop)
        await api.call("setMyCommands", params | {"language_code": language})
    for chat_id in sorted(shop.admins):
        params = _listed(shop.default_language, shop, admin=True)
        scope = {"type": "chat", "chat_id": chat_id}
        try:
            await api.call("setMyCommands", params | {"scope": scope})
        except ApiRefusal as refusal:  # an admin who has not yet written to the bot
            log.info("an admin's commands are not set", admin=chat_id, why=str(refusal))


def _listed(language: str, shop: Shop, *, admin: bool = False) -> Params:
    known = commands(Words(language, shop), admin=admin)
    return {"commands": [{"command": name, "description": does} for name, does in known]}
