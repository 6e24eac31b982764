"""A Stripe that answers at once with what was written down before.

    python -m bench.local_stripe ANSWERS PORT

The sandbox makes its objects anew at every call, which would be what is measured.
"""

import asyncio
import json
import sys
from pathlib import Path

from aiohttp import web

from bot.stripe_gateway import EXPAND
from bot.web import WebServer
from sandbox.stripe.account import account
from sandbox.stripe.expand import expanded
from sandbox.stripe.store import Store

CALLS = "/calls"
READ_WHOLE = "whole:"
"""Before the path of a session that is read with its payment."""


def write_answers(store: Store, file: Path) -> None:
    """Write down every answer about the sessions of a sandbox, and their payments."""
    found: dict[str, object] = {"/v1/account": account(store)}
    for session in store.sessions.values():
        path = f"/v1/checkout/sessions/{session['id']}"
        found[path] = expanded(store, session, "checkout.session", ["line_items"])
        found[READ_WHOLE + path] = expanded(store, session, "checkout.session", EXPAND)
    for intent in store.payment_intents.values():
        # with a payment method, dj-stripe would ask for that as well
        found[f"/v1/payment_intents/{intent['id']}"] = intent | {"payment_method": None}
    texts = {path: json.dumps(body, indent=2) for path, body in found.items()}
    file.write_text(json.dumps(texts))


class LocalStripe:
    """Answer, and count."""

    def __init__(self, answers: dict[str, str]) -> None:
        self._answers = {path: body.encode() for path, body in answers.items()}
        self._calls = 0
        self.app = web.Application()
        self.app.router.add_get(CALLS, self.calls)
        self.app.router.add_route("*", "/{path:.*}", self.answer)

    async def calls(self, _request: web.Request) -> web.Response:
        """Tell how often Stripe was asked since the last time."""
        told, self._calls = self._calls, 0
        return web.json_response(told)

    async def answer(self, request: web.Request) -> web.Response:
        """Give what was written down."""
        self._calls += 1
        whole = READ_WHOLE if "latest_charge" in request.query_string else ""
        body = self._answers.get(whole + request.path)
        if body is None:
            print("the local Stripe knows nothing of", request.method, request.path_qs, flush=True)
            return web.json_response({"error": {"message": "unknown"}}, status=404)
        return web.Response(body=body, content_type="application/json")


async def main(answers: dict[str, str], port: int) -> None:
    """Serve until terminated."""
    local = LocalStripe(answers)
    async with WebServer(local.app, host="127.0.0.1", port=port):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text()), int(sys.argv[2])))
