"""The control routes of the sandbox: people's acts, the clock, faults, the ledger (JSON)."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.clock import SandboxClock
from sandbox.control_input import Input, WrongInputError, read_input
from sandbox.control_keys import KeyControl
from sandbox.control_shop import ShopControl
from sandbox.stripe import Fault, StripeSandbox
from sandbox.stripe.wire import StripeError
from sandbox.telegram import SandboxError, TelegramSandbox

Act: TypeAlias = Callable[[Input], Awaitable[object]]
PERSON = ("first_name", "language_code", "username", "phone")


@dataclass(frozen=True)
class Together:
    """What the whole world does as one."""

    advance: Callable[[float], Awaitable[float]]
    settle: Callable[[float, float], Awaitable[None]]


class _Control:
    def __init__(
        self,
        telegram: TelegramSandbox,
        stripe: StripeSandbox,
        clock: SandboxClock,
        together: Together,
    ) -> None:
        self.telegram = telegram
        self.stripe = stripe
        self.clock = clock
        self.together = together

    async def say(self, given: Input) -> object:
        user = given.user()
        about = {name: given.text(name) for name in PERSON if name in given.values}
        if about:
            self.telegram.person(
                user,
                first_name=about.get("first_name"),
                language_code=about.get("language_code"),
                username=about.get("username"),
                phone=about.get("phone"),
            )
        message_id = await self.telegram.say(user, given.text("text"), chat=given.integer("chat"))
        return {"message_id": message_id, "user": self.telegram.person(user).id}

    async def tap(self, given: Input) -> object:
        tapped = await self.telegram.tap(
            given.user(),
            given.text("label"),
            message_id=given.integer("message_id"),
            chat=given.integer("chat"),
        )
        return {"label": tapped.label, "kind": tapped.kind, "value": tapped.value}

    async def touch(self, given: Input) -> object:
        tapped, press = await self.telegram.touch(
            given.user(),
            given.integer("message_id", required=True),
            given.integer("row", required=True),
            given.integer("column", required=True),
        )
        if tapped.kind != "callback":
            return {"kind": tapped.kind, "value": tapped.value}
        toast = press.answers[-1] if press and press.answers else ""
        answered = bool(press and press.answers)
        is_alert = bool(press and press.is_alert)
        return {"kind": tapped.kind, "answered": answered, "toast": toast, "alert": is_alert}

    async def start(self, given: Input) -> object:
        payload = given.text("payload") if given.values.get("payload") else ""
        return {"message_id": await self.telegram.start(given.user(), payload)}

    async def person(self, given: Input) -> object:
        self.telegram.person(given.user(), language_code=given.text("language_code"))
        return {}

    async def press(self, given: Input) -> object:
        query = await self.telegram.press(
            given.user(),
            given.integer("message_id", required=True),
            given.text("data"),
            chat=given.integer("chat"),
        )
        return {"callback_query_id": query}

    async def contact(self, given: Input) -> object:
        phone = given.text("phone") if "phone" in given.values else None
        of = given.user("of") if "of" in given.values else None
        await self.telegram.share_contact(given.user(), phone=phone, of=of)
        return {}

    async def block(self, given: Input) -> object:
        act = self.telegram.block if given.flag("blocked", default=True) else self.telegram.unblock
        await act(given.user())
        return {}

    async def move_clock(self, given: Input) -> object:
        return {"now": await self.together.advance(given.number("seconds", minimum=0.0))}

    async def tell_clock(self, _given: Input) -> object:
        return {"now": self.clock.now()}

    async def faults(self, given: Input) -> object:
        target, kind = given.text("target"), given.text("kind")
        if kind == "usual":
            self._recover(target)
            return {}
        match = given.text("match")
        times = given.integer("times", 1)
        if target == "telegram":
            self.telegram.faults.add(match=match, kind=kind, times=times)
        elif target == "stripe":
            self.stripe.faults.append(Fault(match, kind, times))
        else:
            raise WrongInputError('"target" must be "telegram" or "stripe"')
        return {}

    def _recover(self, target: str) -> None:
        """End every planned fault of a target."""
        if target == "telegram":
            self.telegram.faults.planned.clear()
        elif target == "stripe":
            self.stripe.faults.clear()
        else:
            raise WrongInputError('"target" must be "telegram" or "stripe"')

    async def settle(self, given: Input) -> object:
        within, quiet = given.number("within", 10.0), given.number("quiet", 0.1)
        await self.together.settle(within, quiet)
        return {}

    async def ledger(self, _given: Input) -> object:
        people = self.telegram.server.people
        chats = [*people.known, *people.groups]
        return {
            **self.stripe.ledger(),
            "messages": {str(chat): self.telegram.chat(chat) for chat in chats},
        }

    async def transcript(self, given: Input) -> object:
        text = self.telegram.transcript(given.user())
        shape = given.values.get("as", "json")
        if shape not in {"json", "text"}:
            raise WrongInputError('"as" must be "json" or "text"')
        return web.Response(text=text + "\n") if shape == "text" else {"transcript": text}


def _plain(value: object) -> str:
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value)


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def is_foreign(request: web.Request) -> bool:
    """Tell whether a browser sends a request because of another site's page.

    That page may have a name that leads here: only a number, or localhost, is believed.
    """
    origin, host = request.headers.get("Origin"), urlsplit(f"//{request.host}").hostname or ""
    is_named = host != "localhost" and not re.fullmatch(r"[\d.]+|[0-9a-f:.]*:[0-9a-f:.]*", host)
    return is_named or (origin is not None and urlsplit(origin).netloc != request.host)


def _route(act: Act, known: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    names = frozenset(known.split())

    async def handle(request: web.Request) -> web.Response:
        if is_foreign(request):
            return web.json_response({"error": "another page may not act here"}, status=403)
        try:
            result = await act(await read_input(request, names))
        except (WrongInputError, SandboxError, StripeError, ValueError) as error:
            text = str(error.args[0] if error.args else error)
            return web.json_response({"error": text}, status=400)
        except TimeoutError as error:
            return web.json_response({"error": str(error)}, status=504)
        if isinstance(result, web.Response):
            return result
        return web.json_response(result, dumps=_dumps)

    return handle


def add_control_routes(
    app: web.Application,
    telegram: TelegramSandbox,
    stripe: StripeSandbox,
    clock: SandboxClock,
    together: Together,
) -> None:
    """Add `/sandbox/…` (contract §9) to an application."""
    control, shop = _Control(telegram, stripe, clock, together), ShopControl(stripe)
    posts: dict[str, tuple[Act, str]] = {
        "say": (control.say, "user text chat first_name language_code username phone"),
        "tap": (control.tap, "user label message_id chat"),
        "press": (control.press, "user message_id data chat"),
        "contact": (control.contact, "user phone of"),
        "block": (control.block, "user blocked"),
        "clock": (control.move_clock, "seconds"),
        "faults": (control.faults, "target match kind times"),
        "touch": (control.touch, "user message_id row column"),
        "start": (control.start, "user payload"),
        "person": (control.person, "user language_code"),
        "pay": (shop.pay, "session_id card"),
        "pay/late": (shop.pay_late, "session_id card"),
        "pay/again": (shop.pay_again, "session_id card"),
        "deliver": (shop.deliver, "event_id times delay"),
        "expire": (shop.expire, "session_id"),
        "refund": (shop.refund, "charge amount"),
        "dispute": (shop.dispute, "charge reason inquiry"),
        "dispute/move": (shop.move_dispute, "dispute act"),
        "finish": (shop.finish, "session_id succeeds"),
        "balance": (shop.balance, "currency available"),
        "webhooks": (shop.webhooks, "next"),
        "roll": (KeyControl(telegram, stripe).roll, "key overlap endpoint"),
        "settle": (control.settle, "within quiet"),
    }
    for name, (act, known) in posts.items():
        app.router.add_post(f"/sandbox/{name}", _route(act, known))
    app.router.add_get("/sandbox/ledger", _route(control.ledger, ""))
    app.router.add_get("/sandbox/clock", _route(control.tell_clock, ""))
    app.router.add_get("/sandbox/transcript", _route(control.transcript, "user as"))
