"""Look at everything a shop needs to work, and say of each whether it is well."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from telegram.error import NetworkError

from booking.catalog_store import shelf
from booking.caught import Caught
from bot import keys, stripe_checkup, stripe_fix
from bot.bot_api import ApiRefusal, BotApi, as_dict
from bot.clock import SystemClock
from bot.config import ConfigurationError, Settings
from bot.database_trouble import is_of_database, trouble
from bot.health import SLOW, write_a_row
from bot.hints import hints
from bot.hook import HOOK_PATH
from bot.porter import ENOUGH, descriptors, places
from bot.stripe_endpoint import Ailment
from bot.telegram_request import Transport
from bot.wording import MOST_NAMED, counted, first_line, some_of
from db import connection, installation, invariants, made, sealed_rows
from db.lost import FileLost, refuse_if_lost
from db.unopened import WHY
from db.urls import SQLITE, engine_of, path_of

STILL_FAILING: Final = timedelta(hours=1)
"""Telegram tries what it could not deliver more often than so."""
MEND: Final = "make it as a new database has it, or restore a backup"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check-up."""

    is_well: bool
    text: str


Check = Callable[[Settings], Awaitable[str]]


async def examine(settings: Settings, *, fix: bool = False) -> AsyncIterator[Finding]:
    """Yield one finding a check; `fix` corrects the endpoint at Stripe.

    Nothing else is changed, but that a missing privacy key is made.
    """
    yield Finding(is_well=True, text=f"configuration: readable{hints(settings)}")
    has_books = True
    for name, check in (CHECKS | (FIXES if fix else {})).items():
        if name in WANT_BOOKS and not has_books:
            yield Finding(is_well=False, text=f"{name}: not looked at before the database is well")
            continue
        async with Caught() as caught:
            yield Finding(is_well=True, text=f"{name}: {await check(settings)}")
        if caught.error:
            has_books = has_books and check is not _database
            yield Finding(is_well=False, text=f"{name}: {_told(caught.error)}")


def _told(error: Exception) -> str:
    """Return one line, whatever a library has to add."""
    if isinstance(error, Ailment | ConfigurationError | FileLost):
        return first_line(error)
    if is_of_database(error):
        return trouble(error)
    return f"{type(error).__name__}: {first_line(error)}"


@asynccontextmanager
async def _books(settings: Settings) -> AsyncIterator[None]:
    await keys.connect(settings)
    try:
        yield
    finally:
        await connection.close()


async def _database(settings: Settings) -> str:
    url = settings.database.url.get_secret_value()
    if engine_of(url) == SQLITE:
        refuse_if_lost(path_of(url))
    waiting = await connection.pending_migrations(url)
    if waiting:
        raise Ailment(f"{counted(len(waiting), 'migration')} to make: booking-bot migrate")
    try:
        async with _books(settings):
            await write_a_row()
            moved = await installation.get(installation.MOVED_TO)
    except TimeoutError:
        raise Ailment(f"{SLOW}: does another program hold it?") from None
    hint = f"; copied to {moved}: only one of the two may run" if moved else ""
    return f"takes rows, schema up to date{hint}"


async def _schema(settings: Settings) -> str:
    async with _books(settings):
        lacks = await made.missing()
    if lacks:
        raise Ailment(f"{some_of(lacks)}: missing; {MEND}")
    return "every table, column and index is there"


async def _catalogue(settings: Settings) -> str:
    async with _books(settings):
        services = (await shelf()).catalog.services
        if not services:
            raise Ailment("empty: booking-bot catalog import FILE")
        return counted(len(services), "service")


async def _laws(settings: Settings) -> str:
    async with _books(settings):
        if damage := await invariants.damage():
            raise Ailment("; ".join(damage[:MOST_NAMED]))
        broken = await invariants.broken(SystemClock().now())
        if broken:
            raise Ailment(
                "; ".join(f"{some_of(those)}: {wrong}" for wrong, those in broken.items())
            )
        there = counted(await invariants.bookings(), "booking")
        return f"{there}, {counted(len(invariants.LAWS), 'law')} hold"


async def _sealed(settings: Settings) -> str:
    async with _books(settings):
        found = await sealed_rows.examine()
    if found.unopened:
        raise Ailment(f"{some_of(found.unopened)}: cannot be opened: {WHY}")
    if found.looked_at < found.there:
        return (
            f"{found.looked_at} of {counted(found.there, 'row')} looked at, the newest, the oldest"
            " and some between: all open"
        )
    return f"{counted(found.there, 'row')}, all open"


async def _telegram(settings: Settings) -> str:
    async with Transport() as transport:
        api = _api(settings, transport)
        try:
            me = as_dict(await api.call("getMe"))
        except ApiRefusal as error:
            key = "telegram.token: " if error.refuses_token else ""
            raise Ailment(f"{key}Telegram answered and refused it: {error}") from None
        except NetworkError as error:
            raise Ailment(f"telegram.api_url: no answer from there: {error}") from None
        return f"@{me['username']}{await _strangers(settings, api)}"


async def _strangers(settings: Settings, api: BotApi) -> str:
    """Hint at the admins whom the bot cannot write to."""
    told = settings.telegram
    cards = () if told.admin_chat is None else (told.admin_chat,)
    unknown = [str(chat) for chat in (*told.admins, *cards) if not await _is_known(api, chat)]
    if not unknown:
        return ""
    return f"; cannot write to {', '.join(unknown)}: each admin must press /start in the bot once"


async def _is_known(api: BotApi, chat: int) -> bool:
    try:
        await api.call("getChat", {"chat_id": chat})
    except ApiRefusal as refusal:
        return not refusal.says("chat not found")
    except NetworkError:
        return True  # nothing is known against it
    return True


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
    number, said = int(info.get("pending_update_count", 0)), info.get("last_error_message")
    waiting = f"{counted(number, 'update')} waiting"
    if not said:
        return f"{settings.telegram.receive}, {waiting}"
    at = datetime.fromtimestamp(int(info.get("last_error_date", 0)), UTC)
    # what failed while we were restarted was delivered since: Telegram never forgets that it failed
    if number and SystemClock().now() - at < STILL_FAILING:
        raise Ailment(f"Telegram could not deliver: {said}; {waiting}")
    return f"{settings.telegram.receive}, {waiting}; failed last at {at:%Y-%m-%d %H:%M} UTC: {said}"


def _api(settings: Settings, transport: Transport) -> BotApi:
    token = settings.telegram.token.get_secret_value()
    return BotApi(transport, token=token, api_url=settings.telegram.api_url)


async def _descriptors(_settings: Settings) -> str:
    limit = descriptors()
    if limit < ENOUGH:
        raise Ailment(f"{limit} may be open (ulimit -n); give it {ENOUGH} at least")
    return f"{limit} may be open, {places()} of them by visitors at once"


CHECKS: Final[dict[str, Check]] = {
    "files and connections": _descriptors,
    "database": _database,
    "schema": _schema,
    "catalogue": _catalogue,
    "bookings and money": _laws,
    "sealed data": _sealed,
    "Telegram": _telegram,
    "Telegram updates": _reception,
    "Stripe": stripe_checkup.account,
    "Stripe webhook": stripe_checkup.endpoint,
}
WANT_BOOKS: Final = ("schema", "catalogue", "bookings and money", "sealed data")
FIXES: Final[dict[str, Check]] = {"Stripe webhook": stripe_fix.mend}
