"""What Telegram shows before anybody writes: commands and descriptions, by language."""

import json
from typing import Any, Final

from booking.ports import Shop
from bot import logs
from bot.bot_api import ApiRefusal, BotApi, as_dict
from db import installation
from handlers.screens.info import commands
from handlers.words import Words, offered

log = logs.get(__name__)

Params = dict[str, Any]
NOBODY_THERE: Final = frozenset({400, 403})
"""An admin who has not yet written to the bot, or has blocked it."""


async def introduce(api: BotApi, shop: Shop) -> None:
    """Set commands and descriptions: the default language for everybody, the others by language.

    Whoever was an admin at an earlier start has the commands of everybody again.
    """
    await api.call("setMyCommands", _listed(shop.default_language, shop))
    for language in offered(shop)[1:]:
        params = _listed(language, shop)
        await api.call("setMyCommands", params | {"language_code": language})
    for language in (*offered(shop)[1:], ""):  # the default last: it answers for what is not set
        await _describe(api, shop, language)
    former = frozenset(json.loads(await installation.get(installation.ADMINS) or "[]"))
    await installation.put(installation.ADMINS, json.dumps(sorted(former | shop.admins)))
    params = _listed(shop.default_language, shop, admin=True)
    for chat_id in sorted(shop.admins):
        await _in_chat(api, "setMyCommands", params, chat_id)
    for chat_id in sorted(former - shop.admins):
        await _in_chat(api, "deleteMyCommands", {}, chat_id)
    await installation.put(installation.ADMINS, json.dumps(sorted(shop.admins)))


async def _in_chat(api: BotApi, method: str, params: Params, chat_id: int) -> None:
    """Change the commands of one chat, if it is there."""
    try:
        await api.call(method, params | {"scope": {"type": "chat", "chat_id": chat_id}})
    except ApiRefusal as refusal:
        if refusal.code not in NOBODY_THERE:
            raise
        log.info("an admin's commands are not changed", admin=chat_id, why=str(refusal))


async def _describe(api: BotApi, shop: Shop, language: str) -> None:
    """Say what the bot does where nobody has said so: an owner's own words stay."""
    code = {"language_code": language} if language else {}
    text = Words(language or shop.default_language, shop).plain("home.pitch")
    for what, key in (("Description", "description"), ("ShortDescription", "short_description")):
        said = as_dict(await api.call(f"getMy{what}", code))
        if not said.get(key):
            await api.call(f"setMy{what}", code | {key: text})


def _listed(language: str, shop: Shop, *, admin: bool = False) -> Params:
    known = commands(Words(language, shop), admin=admin)
    return {"commands": [{"command": name, "description": does} for name, does in known]}
