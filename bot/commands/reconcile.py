"""`booking-bot reconcile`: our books compared with Stripe, and repaired."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.common import CommandFailed, ConfigOption, configured, memory, wait_for
from bot.commands.days import SHAPE, day
from bot.config import Settings

if TYPE_CHECKING:
    from booking.ports import Shop
    from booking.report import Report


def reconcile(
    config: ConfigOption = None,
    *,
    since: Annotated[
        date | None,
        typer.Option(
            parser=day,
            metavar=SHAPE,
            help="The first day, in the shop's zone; else the last 30 days.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Change nothing; say what would be put right.")
    ] = False,
) -> None:
    """Compare payments, refunds, events and seats with Stripe, and put right what differs.

    Safe beside a running bot, which sends the receipts and notices that come of it.

    Example: booking-bot reconcile --since 2026-11-01 --dry-run
    """
    settings = configured(config)
    report, shop = wait_for(_compared(settings, since, dry=dry_run))
    for line in _lines(report, shop):
        typer.echo(line)
    if report.stopped:
        raise CommandFailed(f"stopped before the end: {report.stopped}")


async def _compared(settings: Settings, since: date | None, *, dry: bool) -> "tuple[Report, Shop]":
    from booking.hours import midnight
    from booking.ports import Environment
    from booking.reconcile import reconcile as compare
    from bot.books import BESIDES
    from bot.clock import SystemClock
    from bot.keys import privacy_key
    from bot.randomness import SystemRandomness
    from bot.shop import shop_of
    from bot.stripe_gateway import StripeGateway
    from bot.stripe_lists import SlowStripe
    from db import installation
    from handlers.checkout import CheckoutWording
    from handlers.tokens import Tokens

    clock = SystemClock()
    begins = midnight(since, settings.shop.zone) if since else None
    if begins and begins > clock.now():
        raise typer.BadParameter("that day has not begun yet", param_hint="--since")
    key = settings.stripe.secret_key.get_secret_value()
    async with (
        memory(settings),
        StripeGateway(secret_key=key, api_url=settings.stripe.api_url) as gateway,
    ):
        shop = shop_of(settings, shop_id=await installation.shop_id())
        env = Environment(
            shop=shop,
            clock=clock,
            payments=gateway,
            randomness=SystemRandomness(),
            wording=CheckoutWording(shop, Tokens(privacy_key(settings))),
        )
        stripe = SlowStripe(gateway)
        return await compare(env, stripe, since=begins, dry=dry, besides=BESIDES), shop


def _lines(report: "Report", shop: "Shop") -> Iterator[str]:
    """Yield a line for each difference, then what was looked at, then the drift."""
    from handlers.screens.books import checked, drift, told
    from handlers.words import FALLBACK, Words

    words = Words(FALLBACK, replace(shop, languages=(FALLBACK,)))
    for difference in report.differences:
        yield told(words, difference)
    if report.dry:
        yield "Nothing was changed (--dry-run)."
    yield checked(words, report)
    yield drift(words, report)
