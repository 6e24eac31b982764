"""Run the pretend world by itself: `python -m sandbox --port 8081`."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from sandbox.world import World, running

DEFAULT_PORT = 8081


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="0 takes a free one")
    parser.add_argument("--webhook-url", help="where the pretend Stripe sends its events")
    parser.add_argument("--webhook-secret", help="whsec_… to sign them with")
    parser.add_argument("--limits", action="store_true", help="keep Telegram's flood limits")
    arguments = parser.parse_args(given)
    if bool(arguments.webhook_url) != bool(arguments.webhook_secret):
        parser.error("--webhook-url and --webhook-secret go together")
    return arguments


def describe(world: World) -> str:
    """List what a bot needs to know to live in this world."""
    return "\n".join(
        [
            f"telegram.api_url  = {world.telegram_url}",
            f"telegram.token    = {world.telegram.token}",
            f"stripe.api_url    = {world.stripe_url}",
            f"stripe.secret_key = {world.stripe.secret_key}",
            f"page              = {world.base_url}/",
            f"control           = {world.base_url}/sandbox/ (see docs/sandbox.md)",
        ]
    )


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until interrupted."""
    world = World(limits=arguments.limits)
    async with running(world, host=arguments.host, port=arguments.port):
        if arguments.webhook_url:
            world.stripe.add_endpoint(arguments.webhook_url, arguments.webhook_secret)
        sys.stdout.write(describe(world) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main(given: Sequence[str] | None = None) -> int:
    """Run the command line."""
    arguments = _arguments(given)
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(arguments))
    except OSError as error:
        where = f"{arguments.host}:{arguments.port}"
        sys.stderr.write(f"sandbox: cannot listen at {where}: {os.strerror(error.errno or 0)}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
