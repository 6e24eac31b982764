"""`booking-bot check`."""

from typing import Annotated

import typer

from bot.commands.common import CommandFailed, ConfigOption, configured, wait_for
from bot.config import Settings


def check(
    config: ConfigOption = None,
    *,
    fix: Annotated[
        bool,
        typer.Option("--fix", help="Create or correct the webhook endpoint at Stripe."),
    ] = False,
) -> None:
    """Check configuration, database, catalogue, Telegram and Stripe: a ✓ or ✗ line each.

    Example: booking-bot check --config config.toml
    """
    ailing = wait_for(_examined(configured(config, unsigned=fix), fix=fix))
    if ailing:
        raise CommandFailed(f"{ailing} of these {'needs' if ailing == 1 else 'need'} attention")


async def _examined(settings: Settings, *, fix: bool) -> int:
    from bot.doctor import examine

    ailing = 0
    async for finding in examine(settings, fix=fix):
        typer.echo(f"{'✓' if finding.is_well else '✗'} {finding.text}")
        ailing += not finding.is_well
    return ailing
