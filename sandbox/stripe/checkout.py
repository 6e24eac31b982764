"""The hosted Checkout page over HTTP: show, pay, confirm, go back to the shop."""

import re
from typing import Final, Protocol
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.stripe import cards, page, payments, sessions, tongues
from sandbox.stripe.frame import ASSETS, Frame
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj, StripeError

_ORIGIN: Final = re.compile(r"https?://[\w.:\[\]-]+", re.ASCII)


class Pay(Protocol):
    """Pay a session and wait for its webhook as Checkout does."""

    async def __call__(
        self, session_id: str, card: str, email: str | None, *, authenticate: bool
    ) -> Obj:
        """Return the outcome, where to go next, and the session."""


def success_address(session: Obj) -> str:
    """Return where the buyer goes after paying, the session's id filled in."""
    address: str = session["success_url"] or session["return_url"] or ""
    for written in ("{CHECKOUT_SESSION_ID}", "%7BCHECKOUT_SESSION_ID%7D"):
        address = address.replace(written, session["id"])
    return address.replace("%7bCHECKOUT_SESSION_ID%7d", session["id"])


class CheckoutPages:
    """Serve ``/c/pay/{id}``, ``/receipts/{id}`` and what they look like."""

    def __init__(self, store: Store, pay: Pay) -> None:
        self._store = store
        self._pay = pay

    def mount(self, app: web.Application) -> None:
        """Register the pages."""
        app.router.add_get("/c/pay/{id}", self.show)
        app.router.add_post("/c/pay/{id}", self.submit)
        app.router.add_get("/receipts/{id}", self.receipt)
        app.router.add_get("/pages/{name}", asset)

    async def show(self, request: web.Request) -> web.Response:
        """Show the form, or why there is none."""
        session = self._session(request)
        return self._form(self._frame(request, session), session)

    async def submit(self, request: web.Request) -> web.Response:
        """Pay with what was filled in."""
        session = self._session(request)
        frame = self._frame(request, session)
        form = await request.post()
        filled = page.Filled(
            number=str(form.get("number") or form.get("card") or ""),
            email=str(form.get("email") or ""),
            agreed=form.get("terms") == "yes",
        )
        if session["status"] != "open":
            return self._form(frame, session)
        lacking = _lacking(session, filled)
        if lacking:
            return self._form(frame, session, filled, page.missing(frame, lacking))
        card = cards.find(filled.number)
        if card and card.secure and "authenticated" not in form and session["amount_total"]:
            payments.challenge(self._store, session)
            return _html(page.challenge(frame, session, filled), session)
        confirmed = form.get("authenticated") != "no"
        result = await self._pay(
            session["id"], filled.number, filled.email or None, authenticate=confirmed
        )
        if result["outcome"] == "declined":
            return self._form(frame, session, filled, page.declined(frame, result))
        if result["outcome"] == "closed":
            return self._form(frame, session)
        raise web.HTTPSeeOther(result["url"], headers={"Cache-Control": "no-store"})

    async def receipt(self, request: web.Request) -> web.Response:
        """Show the receipt of a charge that succeeded."""
        charge = self._store.charges.get(request.match_info["id"], {})
        paid = charge.get("payment_intent")
        of_charge = (one for one in self._store.sessions.values() if one["payment_intent"] == paid)
        session = next(of_charge, None) if paid else None
        frame = self._frame(request, session or {}, "../")
        if not charge.get("receipt_url"):
            return _html(page.nothing(frame), status=404)
        return _html(page.receipt(frame, charge, session))

    def _session(self, request: web.Request) -> Obj:
        try:
            session = sessions.retrieve(self._store, request.match_info["id"])
        except StripeError:
            session = {"ui_mode": ""}
        if session["ui_mode"] != "hosted_page":
            text = page.nothing(self._frame(request, {}))
            raise web.HTTPNotFound(text=text, content_type="text/html", headers=protection())
        return session

    def _frame(self, request: web.Request, session: Obj, root: str = "../../") -> Frame:
        accepted = request.headers.get("Accept-Language", "")
        return Frame(self._store, tongues.choose(session.get("locale"), accepted), root)

    def _form(
        self,
        frame: Frame,
        session: Obj,
        filled: page.Filled | None = None,
        problem: page.Problem | None = None,
    ) -> web.Response:
        if session["status"] != "open":
            return _html(page.closed(frame, session, success_address(session)))
        return _html(page.checkout(frame, session, filled, problem), session)


async def asset(request: web.Request) -> web.Response:
    """Serve a stylesheet, the script or the icon."""
    body, kind = ASSETS.get(request.match_info["name"], (b"", ""))
    if not kind:
        raise web.HTTPNotFound
    headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)


def protection(success_url: str = "") -> dict[str, str]:
    """Return the headers of a page; its form may lead on to ``success_url``.

    Chromium holds the redirect after a form against ``form-action`` too.
    """
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"form-action {_targets(success_url)}; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _targets(success_url: str) -> str:
    parts = urlsplit(success_url)
    try:
        host = parts.netloc.rpartition("@")[2].encode("idna").decode()
    except UnicodeError:
        host = ""
    origin = f"{parts.scheme}://{host}"
    return f"'self' {origin}" if _ORIGIN.fullmatch(origin) else "'self'"


def _lacking(session: Obj, filled: page.Filled) -> str:
    consent = session["consent_collection"] or {}
    if consent.get("terms_of_service") == "required" and not filled.agreed:
        return "terms"
    return "number" if session["amount_total"] and not filled.number.strip() else ""


def _html(text: str, session: Obj | None = None, status: int = 200) -> web.Response:
    headers = protection(session["success_url"] if session else "")
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
