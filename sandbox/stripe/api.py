"""The REST API over HTTP: key, version, idempotency, faults, headers."""

import asyncio
import base64
import json
import re
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import formatdate

from aiohttp import web

from sandbox.stripe import forms
from sandbox.stripe.expand import check_paths, expanded
from sandbox.stripe.faults import Fault, take
from sandbox.stripe.idempotency import Keys
from sandbox.stripe.methods import Method
from sandbox.stripe.secret_keys import admit
from sandbox.stripe.store import API_VERSION, Store
from sandbox.stripe.wire import Obj, StripeError

_Response = web.StreamResponse
_VERSION = re.compile(r"^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$")
_LONGEST_HANG = 90.0
_PAGES = {"html": 200, "502:html": 502}
"""Kinds of faults that answer with a page, and its status."""


@dataclass
class Reply:
    """An answer before it is sent."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


class Api:
    """Answer requests to the methods of the API."""

    def __init__(self, store: Store, faults: list[Fault]) -> None:
        self._store = store
        self._faults = faults
        self._keys = Keys(store.clock)

    def mount(self, app: web.Application, methods: tuple[Method, ...]) -> None:
        """Register every method, and Stripe's 404 for the rest of ``/v1``."""
        for method in methods:
            app.router.add_route(method.verb, method.path, self._handler(method))
            if method.verb == "GET" and "{id}" not in method.path:  # Stripe lists there too
                app.router.add_route("GET", method.path + "/", self._handler(method))
        app.router.add_route("*", "/v1/{rest:.*}", self._handler(None))

    def _handler(self, method: Method | None) -> Callable[[web.Request], Awaitable[_Response]]:
        async def handle(request: web.Request) -> _Response:
            return await self.answer(request, method)

        return handle

    async def answer(self, request: web.Request, method: Method | None) -> web.StreamResponse:
        """Answer one request, with the fault planned for it."""
        path = request.path[request.path.index("/v1/") :]
        request_id = self._store.ids.new("req_", 14)
        fault = take(self._faults, f"{request.method} {path}")
        kind = fault.kind if fault else ""
        if status := _PAGES.get(kind):
            page = "<html>Maintenance</html>"
            return web.Response(text=page, status=status, content_type="text/html")
        if kind == "timeout":
            await _hang(request)
            raise web.HTTPGatewayTimeout
        form = (await request.read()).decode(errors="replace")
        text = form if request.method == "POST" else request.query_string
        try:
            self._admit(request)
            reply = await self._reply(request, method, path, text, request_id, fault)
        except StripeError as error:
            reply = _error(error)
        if fault and fault.retry_after:
            reply.headers["Retry-After"] = fault.retry_after
        reply.headers = self._headers(request, request_id) | reply.headers
        if kind == "silent":
            await _hang(request)
        return await _send(request, reply, kind)

    def _admit(self, request: web.Request) -> None:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        key = value.strip() if scheme.lower() == "bearer" else _basic(scheme, value)
        if not key:
            message = (
                "You did not provide an API key. You need to provide your API key in the "
                "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer "
                "YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, "
                "or we can help at https://support.stripe.com/."
            )
            raise StripeError(message, status=401)
        admit(self._store, key)
        version = request.headers.get("Stripe-Version", API_VERSION)
        if not _VERSION.match(version):
            raise StripeError(f"Invalid Stripe API version: {version}")

    async def _reply(
        self,
        request: web.Request,
        method: Method | None,
        path: str,
        text: str,
        request_id: str,
        fault: Fault | None,
    ) -> Reply:
        if fault and (refusal := fault.refusal()):
            raise refusal
        if method is None:
            message = (
                f"Unrecognized request URL ({request.method}: {path}). Please see "
                "https://stripe.com/docs or we can help at https://support.stripe.com/."
            )
            raise StripeError(message, status=404)
        if request.method == "POST" and request.content_type == "application/json":
            message = "Invalid request: bodies must be application/x-www-form-urlencoded."
            raise StripeError(message)
        call = _Call(method, request.match_info.get("id", ""), text, request_id)
        key = request.headers.get("Idempotency-Key", "") if method.verb == "POST" else ""
        if not key:
            await asyncio.sleep(fault.seconds if fault else 0)
            return self._run(call, "", fault)[0]
        return await self._once(call, key, path, fault)

    async def _once(self, call: "_Call", key: str, path: str, fault: Fault | None) -> Reply:
        print_ = f"{path} {json.dumps(forms.decode(call.text), sort_keys=True)}"
        kept = self._keys.begin(key, print_, call.request_id)
        if kept and kept.answer:
            headers = {"Idempotent-Replayed": "true", "Original-Request": kept.request_id}
            return Reply(*kept.answer, headers | {"Idempotency-Key": key})
        done = False
        try:
            await asyncio.sleep(fault.seconds if fault else 0)
            reply, done = self._run(call, key, fault)
        finally:
            if not done:
                self._keys.release(key)
        if done:
            self._keys.keep(key, reply.status, reply.body)
        reply.headers["Idempotency-Key"] = key
        return reply

    def _run(self, call: "_Call", key: str, fault: Fault | None) -> tuple[Reply, bool]:
        """Return the answer, and whether execution had begun."""
        self._store.request = {"id": call.request_id, "idempotency_key": key or None}
        try:
            _break(fault)
            params: Obj = call.method.takes.check(forms.decode(call.text), "")
            paths: list[str] = params.pop("expand", [])
            check_paths(call.method.gives, paths)
            result = call.method.run(self._store, call.identifier, params)
            shown = expanded(self._store, result, call.method.gives, paths)
            return Reply(200, _json(shown)), True
        except StripeError as error:
            return _error(error), error.began
        finally:
            self._store.request = {"id": None, "idempotency_key": None}

    def _headers(self, request: web.Request, request_id: str) -> dict[str, str]:
        return {
            "Cache-Control": "no-cache, no-store",
            "Date": formatdate((self._store.dates or self._store.clock)(), usegmt=True),
            "Request-Id": request_id,
            "Stripe-Version": request.headers.get("Stripe-Version", API_VERSION),
        }


@dataclass(frozen=True)
class _Call:
    method: Method
    identifier: str
    text: str
    request_id: str


def _break(fault: Fault | None) -> None:
    if fault and fault.kind == "500:stored":
        raise StripeError("An unknown error occurred", status=500, kind="api_error", began=True)


def _basic(scheme: str, value: str) -> str:
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value).decode().partition(":")[0]
    except (Base64Error, UnicodeDecodeError):
        return ""


def _json(body: Obj) -> bytes:
    return json.dumps(body, indent=2, ensure_ascii=False).encode()


def _error(error: StripeError) -> Reply:
    return Reply(error.status, _json(error.body()))


async def _hang(request: web.Request) -> None:
    """Keep silent until the client gives up."""
    waited = 0.0
    while request.transport is not None and waited < _LONGEST_HANG:
        await asyncio.sleep(0.05)
        waited += 0.05


async def _send(request: web.Request, reply: Reply, fault: str) -> web.StreamResponse:
    if fault == "cut":
        return await _send_half(request, reply)
    if fault == "lost" and request.transport is not None:
        request.transport.abort()
    return web.Response(
        body=reply.body,
        status=reply.status,
        headers=reply.headers,
        content_type="application/json",
    )


async def _send_half(request: web.Request, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers=reply.headers)
    response.content_type = "application/json"
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
