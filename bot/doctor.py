"""Look at everything a shop needs to work, and say of each whether it is well."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final

from telegram.error import NetworkError

from booking.catalog_store import shelf
from bot import stripe_checkup
from bot.bot_api import ApiRefusal, BotApi, as_dict
from bot.caught import Caught
from bot.config import Settings
from bot.keys import keyring
from bot.line import HOOK_PATH
from bot.stripe_checkup import Ailment
from bot.telegram_request import Transport
from db import connection


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check-up."""

    is_well: bool
    text: str


Check = Callable[[Settings], Awaitable[str]]


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Yield one finding a check; nothing is changed, but that a missing privacy key is made."""
    yield Finding(is_well=True, text="configuration: read")
    for name, check in CHECKS.items():
        async with Caught() as caught:
            yield Finding(is_well=True, text=f"{name}: {await check(settings)}")
        if caught.error:
            kind = "" if isinstance(caught.error, Ailment) else f"{type(caught.error).__name__}: "
            yield Finding(is_well=False, text=f"{name}: {kind}{caught.error}")


async def _database(settings: Settings) -> str:
    waiting = await connection.pending_migrations(settings.database.url.get_secret_value())
    if waiting:
        raise Ailment(f"{len(waiting)} migrations to make: booking-bot migrate")
    return "reachable, schema up to date"


async def _catalogue(settings: Settings) -> str:
    async with AsyncExitStack() as stack:
        url = settings.database.url.get_secret_value()
        if await connection.pending_migrations(url):
            raise Ailment("not readable before the database is up to date")
        await connection.connect(url, keyring=keyring(settings))
        stack.push_async_callback(connection.close)
        services = (await shelf()).catalog.services
        if not services:
            raise Ailment("empty: booking-bot catalog import FILE")
        return f"{len(services)} services"


async def _telegram(settings: Settings) -> str:
    async with Transport() as transport:
        api = _api(settings, transport)
        try:
            me = as_dict(await api.call("getMe"))
        except (ApiRefusal, NetworkError) as error:
            raise Ailment(f"telegram.token or telegram.api_url: {error}") from None
        return f"@{me['username']}"


async def _reception(settings: Settings) -> str:
    async with Transport() as transport:
        try:
            info = as_dict(await _api(settings, transport).call("getWebhookInfo"))
        except (ApiRefusal, NetworkError) as error:
            raise Ailment(str(error)) from None
        return _judged(settings, info)


def _judged(settings: Settings, info: dict[str, Any]) -> str:
    url = info.get("url", "")
    polls = settings.telegram.receive == "polling"
    if polls and url:
        raise Ailment("a webhook is set, so polling gets nothing: booking-bot run deletes it")
    if not polls and url != settings.web.public_url + HOOK_PATH:
        raise Ailment("the webhook is not set to this shop: booking-bot run sets it")
    if said := info.get("last_error_message"):
        raise Ailment(f"Telegram could not deliver: {said}")
    return f"{settings.telegram.receive}, {info.get('pending_update_count', 0)} updates waiting"


def _api(settings: Settings, transport: Transport) -> BotApi:
    token = settings.telegram.token.get_secret_value()
    return BotApi(transport, token=token, api_url=settings.telegram.api_url)


CHECKS: Final[dict[str, Check]] = {
    "database": _database,
    "catalogue": _catalogue,
    "Telegram": _telegram,
    "Telegram updates": _reception,
    "Stripe": stripe_checkup.account,
    "Stripe webhook": stripe_checkup.endpoint,
}
