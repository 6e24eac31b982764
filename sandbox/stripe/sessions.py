"""Checkout sessions: create, show, change, list, expire."""

import copy
from functools import partial

from sandbox.stripe import session_rules
from sandbox.stripe.events import emit
from sandbox.stripe.paging import page
from sandbox.stripe.session_object import like, new_items, new_session
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj, StripeError

_URL = "/v1/checkout/sessions"


def create(store: Store, params: Obj) -> Obj:
    """Open a session that expires by the clock."""
    session_rules.check(store, params)
    wanted: list[Obj] = params.get("line_items", [])
    currency = session_rules.check_items(wanted)
    items = new_items(store, wanted, currency)
    total = sum(item["amount_total"] for item in items)
    session_rules.check_total(total, currency)
    session = new_session(store, params, currency, total)
    return _keep(store, session, items, params.get("payment_intent_data", {}))


def create_again(store: Store, identifier: str) -> Obj:
    """Open a second session for what is paid already, as if somebody had made it by hand."""
    paid = retrieve(store, identifier)
    if paid["payment_status"] != "paid":
        message = "Only a paid Checkout Session can be paid a second time."
        raise StripeError(message, param="session_id")
    items, data = store.line_items[identifier], store.intent_data[identifier]
    return _keep(store, like(store, paid), copy.deepcopy(items), copy.deepcopy(data))


def _keep(store: Store, session: Obj, items: list[Obj], intent_data: Obj) -> Obj:
    store.sessions[session["id"]] = session
    store.line_items[session["id"]] = items
    store.intent_data[session["id"]] = intent_data
    store.timers.at(session["expires_at"], partial(_expire_when_open, store, session))
    return session


def retrieve(store: Store, identifier: str) -> Obj:
    """Return a session, expired first if its time has come."""
    session = store.find(store.sessions, identifier, "checkout.session", "session")
    if session["expires_at"] <= store.clock():
        _expire_when_open(store, session)
    return session


def update(store: Store, identifier: str, params: Obj) -> Obj:
    """Change metadata and line items of an open session."""
    session = retrieve(store, identifier)
    if "payment_intent_data" in params and session["ui_mode"] != "elements":
        message = "You can only pass `payment_intent_data` if `ui_mode` is `elements`."
        raise StripeError(message, param="payment_intent_data")
    if session["status"] != "open" and params.keys() - {"expand", "metadata"}:
        raise StripeError(_not_open(session, "updated"), began=True)
    if "line_items" in params:
        _replace_items(store, session, params["line_items"])
    if "payment_intent_data" in params:
        store.intent_data[session["id"]] |= params["payment_intent_data"]
    merge_metadata(session, params)
    return session


def expire(store: Store, identifier: str) -> Obj:
    """Close an open session; any other is refused."""
    session = retrieve(store, identifier)
    if session["status"] != "open":
        raise StripeError(_not_open(session, "expired"), began=True)
    _expire_when_open(store, session)
    return session


def listed(store: Store, params: Obj) -> Obj:
    """Return one page of sessions, newest first."""
    for session in list(store.sessions.values()):
        retrieve(store, session["id"])
    email = params.get("customer_details", {}).get("email")
    exact = {k: params[k] for k in ("status", "payment_intent", "customer") if k in params}
    none = any(name in params for name in ("payment_link", "subscription", "customer_account"))

    def keep(one: Obj) -> bool:
        details = one["customer_details"] or {}
        fits = all(one[name] == value for name, value in exact.items())
        return fits and not none and (email is None or details.get("email") == email)

    return page(store.sessions.values(), params, _URL, keep)


def line_items(store: Store, identifier: str, params: Obj) -> Obj:
    """Return one page of a session's line items, in their order."""
    retrieve(store, identifier)
    url = f"{_URL}/{identifier}/line_items"
    return page(store.line_items[identifier], params, url, newest_first=False)


def merge_metadata(subject: Obj, params: Obj) -> None:
    """Set the given pairs, unset those given empty, or all when metadata itself was empty."""
    if "metadata" not in params:
        return
    given: dict[str, str] = params["metadata"]
    merged = {**(subject["metadata"] or {}), **given} if given else {}
    subject["metadata"] = {key: value for key, value in merged.items() if value != ""}


def _replace_items(store: Store, session: Obj, wanted: list[Obj]) -> None:
    currency = session_rules.check_items(wanted)
    items = new_items(store, wanted, currency)
    total = sum(item["amount_total"] for item in items)
    session_rules.check_total(total, currency)
    store.line_items[session["id"]] = items
    session |= {"currency": currency, "amount_subtotal": total, "amount_total": total}


def _expire_when_open(store: Store, session: Obj) -> None:
    if session["status"] == "open":
        session |= {"status": "expired", "url": None, "client_secret": None}
        emit(store, "checkout.session.expired", session)


def _not_open(session: Obj, done: str) -> str:
    return (
        f'Only Checkout Sessions with a status in ["open"] can be {done}. '
        f"This Checkout Session has a status of `{session['status']}`."
    )
