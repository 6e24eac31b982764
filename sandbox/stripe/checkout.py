"""The hosted Checkout page over HTTP: show, pay, confirm, go back to the shop."""

from typing import Protocol

from aiohttp import web

from sandbox.stripe import cards, page, payments, sessions
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj, StripeError


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
    """Serve ``/c/pay/{id}`` and ``/receipts/{id}``."""

    def __init__(self, store: Store, pay: Pay) -> None:
        self._store = store
        self._pay = pay

    def mount(self, app: web.Application) -> None:
        """Register the pages."""
        app.router.add_get("/c/pay/{id}", self.show)
        app.router.add_post("/c/pay/{id}", self.submit)
        app.router.add_get("/receipts/{id}", self.receipt)

    async def show(self, request: web.Request) -> web.Response:
        """Show the form, or why there is none."""
        return self._form(self._session(request))

    async def submit(self, request: web.Request) -> web.Response:
        """Pay with what was filled in."""
        session = self._session(request)
        form = await request.post()
        number = str(form.get("number") or form.get("card") or "")
        email = str(form.get("email") or "")
        if session["status"] != "open":
            return self._form(session)
        consent = session["consent_collection"] or {}
        if consent.get("terms_of_service") == "required" and form.get("terms") != "yes":
            return self._form(session, "Please agree to the terms of service.", email)
        card = cards.find(number)
        if card and card.secure and "authenticated" not in form and session["amount_total"]:
            payments.challenge(self._store, session)
            return _html(page.challenge(number, email))
        confirmed = form.get("authenticated") != "no"
        result = await self._pay(session["id"], number, email or None, authenticate=confirmed)
        if result["outcome"] == "declined":
            return self._form(session, result["message"], email)
        if result["outcome"] == "closed":
            return self._form(session)
        if result["url"]:
            raise web.HTTPSeeOther(result["url"])
        return _html(page.finished(session))

    async def receipt(self, request: web.Request) -> web.Response:
        """Show the receipt of a charge that succeeded."""
        charge = self._store.charges.get(request.match_info["id"])
        if charge is None or not charge["receipt_url"]:
            return _html(page.nothing(), 404)
        return _html(page.receipt(charge))

    def _session(self, request: web.Request) -> Obj:
        try:
            session = sessions.retrieve(self._store, request.match_info["id"])
        except StripeError:
            session = {"ui_mode": ""}
        if session["ui_mode"] != "hosted_page":
            raise web.HTTPNotFound(text=page.nothing(), content_type="text/html")
        return session

    def _form(self, session: Obj, error: str = "", email: str = "") -> web.Response:
        if session["status"] != "open":
            return _html(page.closed(session))
        items = self._store.line_items[session["id"]]
        return _html(page.checkout(session, items, error=error, email=email))


def _html(text: str, status: int = 200) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", status=status, headers=headers)
