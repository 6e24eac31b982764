"""A pretend Stripe on a port, the real SDK against it, and a shop that hears its webhooks."""

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import stripe
from aiohttp import web
from aiohttp.test_utils import TestServer

from sandbox.stripe import StripeSandbox
from tests.sandbox.stripe_schema import check_event, check_request, check_response

SECRET = "whsec_of_the_tests"
SUCCESS = "https://shop.example/success?session_id={CHECKOUT_SESSION_ID}"
stripe.enable_telemetry = False


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now=1_795_000_000.0):
        self.now = now

    def __call__(self):
        return self.now

    def forward(self, seconds):
        self.now += seconds


@dataclass
class World:
    box: StripeSandbox
    clock: Clock
    base: str
    client: stripe.StripeClient
    http: aiohttp.ClientSession
    heard: list = field(default_factory=list)  # events, in the order they came
    signatures: list = field(default_factory=list)
    problems: list = field(default_factory=list)  # events that the SDK's types do not allow
    answers: list = field(default_factory=list)  # statuses for the next webhooks, else 200

    def types(self):
        return [event["type"] for event in self.heard]

    async def open(self, amount=5000, currency="eur", **more):
        return await self.client.v1.checkout.sessions.create_async(order(amount, currency, **more))

    async def call(self, method, path, form=(), **headers):
        """Speak plain HTTP; returns status, JSON, headers."""
        where = {"params" if method == "GET" else "data": list(dict(form).items())}
        headers = {"Authorization": f"Bearer {self.box.secret_key}"} | headers
        async with self.http.request(method, self.base + path, headers=headers, **where) as answer:
            return answer.status, await answer.json(content_type=None), answer.headers

    async def hear(self, request):
        payload = (await request.read()).decode()
        signature = request.headers["Stripe-Signature"]
        stripe.WebhookSignature.verify_header(payload, signature, SECRET, tolerance=None)
        event = json.loads(payload)
        try:
            check_event(event)
        except AssertionError as problem:
            self.problems.append(str(problem))
        self.heard.append(event)
        self.signatures.append(signature)
        return web.Response(status=self.answers.pop(0) if self.answers else 200)


def order(amount=5000, currency="eur", **more):
    """Return the parameters of a session for one haircut."""
    price = {"currency": currency, "unit_amount": amount, "product_data": {"name": "Haircut"}}
    return {
        "mode": "payment",
        "success_url": SUCCESS,
        "line_items": [{"price_data": price, "quantity": 1}],
    } | more


@web.middleware
async def checked_against_the_sdk(request, handler):
    """Hold every accepted request and every answer against the SDK's own types."""
    answer = await handler(request)
    body = getattr(answer, "body", None)
    if "/v1/" in request.path and body and answer.content_type == "application/json":
        if answer.status == 200:
            text = await request.text() if request.method == "POST" else request.query_string
            check_request(request.method, request.path, text)
        check_response(request.path, json.loads(body))
    return answer


@asynccontextmanager
async def stripe_world(**knobs):
    """Start all of it; everything said is checked against the SDK's types."""
    clock = Clock()
    box = StripeSandbox(clock=clock, seed=7)
    box.app.middlewares.append(checked_against_the_sdk)
    for name, value in knobs.items():
        setattr(box.store, name, value)
    server = TestServer(box.app)
    await server.start_server()
    box.public_url = str(server.make_url(""))
    transport = stripe.AIOHTTPClient(timeout=aiohttp.ClientTimeout(total=5))
    addresses = {"api": box.public_url}
    client = stripe.StripeClient(box.secret_key, base_addresses=addresses, http_client=transport)
    async with aiohttp.ClientSession() as http:
        world = World(box, clock, box.public_url, client, http)
        shop = web.Application()
        shop.router.add_post("/hook", world.hear)
        ears = TestServer(shop)
        await ears.start_server()
        box.add_endpoint(str(ears.make_url("/hook")), SECRET)
        try:
            yield world
            assert not world.problems, world.problems
        finally:
            await transport.close_async()
            await server.close()
            await ears.close()
