"""The HTTP side: paths, answers and what goes wrong on the way."""

import asyncio
import hmac
import json
import re

from aiohttp import web

from sandbox.telegram.errors import ApiError, bad_request
from sandbox.telegram.faults import Fault, Faults
from sandbox.telegram.limits import Limits
from sandbox.telegram.methods import GET_UPDATES, METHODS, SET_WEBHOOK, Method
from sandbox.telegram.params import Params, read_params
from sandbox.telegram.receiving import Described, Poll, get_updates, set_webhook
from sandbox.telegram.server import Call, Server

MAX_UPLOAD = 50 * 1024 * 1024
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]{30,}")
HANG_SECONDS = 300
PAGE = "<html>Bad Gateway</html>"
UNRECORDED = frozenset({"getupdates"})
NOT_FOUND = ApiError(404, "Not Found")


class _Endpoint:
    def __init__(self, server: Server, faults: Faults, limits: Limits, *, strict: bool) -> None:
        self.server = server
        self.faults = faults
        self.limits = limits
        self.strict = strict
        self.poll = Poll()
        set_hook = Method("setWebhook", self._set_webhook, SET_WEBHOOK)
        self.methods = {**METHODS, "setwebhook": set_hook}

    def _set_webhook(self, server: Server, params: Params) -> object:
        return set_webhook(server, self.poll, params)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one call, through whatever fault was planned for it."""
        name = request.match_info["method"]
        try:
            self._check_token(request.match_info["token"])
            params = await read_params(request)
            fault = self.faults.take(f"{name} {params.texts.get('chat_id', '')}".rstrip())
            if fault is not None:
                await _before(fault)
            if fault is not None and fault.name == "html":
                return web.Response(text=PAGE, status=502, content_type="text/html")
            body = await self._recorded(name, params)
        except ApiError as error:
            return _refusal(error)
        if fault is not None and fault.name in {"lost", "cut"}:
            return await _broken(request, body, fault)
        if fault is not None and fault.name == "silent":
            await asyncio.sleep(HANG_SECONDS)
        return web.json_response(body)

    def _check_token(self, token: str) -> None:
        if not TOKEN.fullmatch(token):
            raise NOT_FOUND
        if not hmac.compare_digest(token, self.server.token):
            raise ApiError(401, "Unauthorized")

    async def _recorded(self, name: str, params: Params) -> dict[str, object]:
        if name.lower() in UNRECORDED:
            return {"ok": True, "result": await self._get_updates(params)}
        method = self.methods.get(name.lower())
        if method is None:
            raise NOT_FOUND
        call = Call(method.name, params.shown(), self.server.clock())
        self.server.calls.append(call)
        try:
            result = self._done(method, params)
        except ApiError as error:
            call.error = f"{error.code} {error.description}"
            raise
        if isinstance(result, Described):
            call.result = result.result
            return {"ok": True, "result": result.result, "description": result.description}
        call.result = result
        return {"ok": True, "result": result}

    def _done(self, method: Method, params: Params) -> object:
        if self.strict:
            method.check_names(params)
        if method.limited:
            self.limits.pass_one(params.text("chat_id"))
        return method.work(self.server, params)

    async def _get_updates(self, params: Params) -> object:
        unknown = sorted(set(params.texts) - GET_UPDATES)
        if self.strict and unknown:
            raise bad_request(f'strict sandbox: unknown parameter "{unknown[0]}" of getUpdates')
        return await get_updates(self.server, self.poll, params)

    async def download(self, request: web.Request) -> web.Response:
        """Give the bytes of a file by the path that getFile told."""
        try:
            self._check_token(request.match_info["token"])
            for stored in self.server.files.values():
                if stored.path == request.match_info["path"]:
                    return web.Response(
                        body=stored.upload.data, content_type=stored.upload.content_type
                    )
            raise NOT_FOUND
        except ApiError as error:
            return _refusal(error)


def _refusal(error: ApiError) -> web.Response:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    return web.json_response(error.body(), status=error.code, headers=headers)


async def _before(fault: Fault) -> None:
    error = fault.error()
    if error is not None:
        raise error
    if fault.name == "slow":
        await asyncio.sleep(fault.seconds)
    if fault.name == "timeout":
        await asyncio.sleep(HANG_SECONDS)
        raise ApiError(504, "Gateway Timeout")


async def _broken(
    request: web.Request, body: dict[str, object], fault: Fault
) -> web.StreamResponse:
    """Drop the connection after the work was done; `cut` sends half the answer first."""
    if fault.name == "cut":
        whole = json.dumps(body).encode()
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.content_length = len(whole)
        await response.prepare(request)
        await response.write(whole[: len(whole) // 2])
    else:
        response = web.StreamResponse()
    if request.transport is not None:
        request.transport.abort()
    return response


def application(server: Server, faults: Faults, limits: Limits, *, strict: bool) -> web.Application:
    """Build the web application under which the Bot API answers."""
    endpoint = _Endpoint(server, faults, limits, strict=strict)
    app = web.Application(client_max_size=MAX_UPLOAD + 1024 * 1024)
    for path in ("/bot{token}/{method}", "/bot{token}/test/{method}"):
        for verb in ("GET", "POST"):
            app.router.add_route(verb, path, endpoint.handle)
    app.router.add_get("/file/bot{token}/{path:.+}", endpoint.download)
    app.router.add_route("*", "/{rest:.*}", _nothing_here)
    return app


async def _nothing_here(_request: web.Request) -> web.Response:
    return _refusal(NOT_FOUND)
