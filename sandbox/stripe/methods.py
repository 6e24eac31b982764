"""The methods of the API: verb, path, parameters, what they do."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.stripe import account, disputes, endpoints, params, refunds, session_params, sessions
from sandbox.stripe.paging import page
from sandbox.stripe.schema import Record
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj

Run = Callable[[Store, str, Obj], Obj]


@dataclass(frozen=True)
class Method:
    """One method; ``run`` gets the store, the id in the path ("" without) and the parameters.

    ``gives`` names the resource it answers with, ``list:…`` a page of them.
    """

    verb: str
    path: str
    takes: Record
    gives: str
    run: Run


def _get_intent(store: Store, identifier: str, given: Obj) -> Obj:
    del given
    return store.find(store.payment_intents, identifier, "payment_intent", "intent")


def _list_intents(store: Store, _: str, given: Obj) -> Obj:
    nobody = "customer" in given or "customer_account" in given
    found = [] if nobody else store.payment_intents.values()
    return page(found, given, "/v1/payment_intents")


def _list_charges(store: Store, _: str, given: Obj) -> Obj:
    exact = {name: v for name, v in given.items() if name in {"payment_intent", "customer"}}
    return page(
        store.charges.values(),
        given,
        "/v1/charges",
        lambda one: all(one[name] == value for name, value in exact.items()),
    )


_SESSIONS, _INTENTS, _CHARGES = "/v1/checkout/sessions", "/v1/payment_intents", "/v1/charges"
_REFUNDS, _DISPUTES, _EVENTS = "/v1/refunds", "/v1/disputes", "/v1/events"
_ENDPOINTS, _MOVES = "/v1/webhook_endpoints", "/v1/balance_transactions"
_SESSION, _INTENT, _MOVE = "checkout.session", "payment_intent", "balance_transaction"


def _get(path: str, gives: str, run: Run, takes: Record = params.ONLY_EXPAND) -> Method:
    return Method("GET", path, takes, gives, run)


def _list(path: str, gives: str, takes: Record, run: Run) -> Method:
    return Method("GET", path, takes, f"list:{gives}", run)


def _post(path: str, gives: str, run: Run, takes: Record = params.ONLY_EXPAND) -> Method:
    return Method("POST", path, takes, gives, run)


METHODS = (
    _post(_SESSIONS, _SESSION, lambda s, _, p: sessions.create(s, p), session_params.CREATE),
    _list(_SESSIONS, _SESSION, params.LIST_SESSIONS, lambda s, _, p: sessions.listed(s, p)),
    _get(f"{_SESSIONS}/{{id}}", _SESSION, lambda s, i, _: sessions.retrieve(s, i)),
    _post(f"{_SESSIONS}/{{id}}", _SESSION, sessions.update, session_params.UPDATE),
    _post(f"{_SESSIONS}/{{id}}/expire", _SESSION, lambda s, i, _: sessions.expire(s, i)),
    _list(f"{_SESSIONS}/{{id}}/line_items", "item", params.LIST_LINE_ITEMS, sessions.line_items),
    _list(_INTENTS, _INTENT, params.LIST_PAYMENT_INTENTS, _list_intents),
    _get(f"{_INTENTS}/{{id}}", _INTENT, _get_intent, params.RETRIEVE_PAYMENT_INTENT),
    _list(_CHARGES, "charge", params.LIST_CHARGES, _list_charges),
    _get(f"{_CHARGES}/{{id}}", "charge", lambda s, i, _: s.find(s.charges, i, "charge", "charge")),
    _get(f"{_MOVES}/{{id}}", _MOVE, lambda s, i, _: account.transaction(s, i)),
    _post(_REFUNDS, "refund", lambda s, _, p: refunds.create(s, p), params.CREATE_REFUND),
    _list(_REFUNDS, "refund", params.LIST_REFUNDS, lambda s, _, p: refunds.listed(s, p)),
    _get(f"{_REFUNDS}/{{id}}", "refund", lambda s, i, _: refunds.retrieve(s, i)),
    _post(f"{_REFUNDS}/{{id}}", "refund", refunds.update, params.UPDATE_REFUND),
    _post(f"{_REFUNDS}/{{id}}/cancel", "refund", lambda s, i, _: refunds.cancel(s, i)),
    _list(_DISPUTES, "dispute", params.LIST_DISPUTES, lambda s, _, p: disputes.listed(s, p)),
    _get(f"{_DISPUTES}/{{id}}", "dispute", lambda s, i, _: disputes.retrieve(s, i)),
    _post(f"{_DISPUTES}/{{id}}", "dispute", disputes.update, params.UPDATE_DISPUTE),
    _post(f"{_DISPUTES}/{{id}}/close", "dispute", lambda s, i, _: disputes.close(s, i)),
    _list(_EVENTS, "event", params.LIST_EVENTS, lambda s, _, p: account.events(s, p)),
    _get(f"{_EVENTS}/{{id}}", "event", lambda s, i, _: account.event(s, i)),
    _post(_ENDPOINTS, "endpoint", lambda s, _, p: endpoints.create(s, p), params.CREATE_ENDPOINT),
    _list(_ENDPOINTS, "endpoint", params.LIST_ENDPOINTS, lambda s, _, p: endpoints.listed(s, p)),
    _get(f"{_ENDPOINTS}/{{id}}", "endpoint", lambda s, i, _: endpoints.retrieve(s, i)),
    _post(f"{_ENDPOINTS}/{{id}}", "endpoint", endpoints.update, params.UPDATE_ENDPOINT),
    Method(
        "DELETE",
        f"{_ENDPOINTS}/{{id}}",
        params.NOTHING,
        "endpoint",
        lambda s, i, _: endpoints.delete(s, i),
    ),
    _get("/v1/account", "account", lambda s, _, __: account.account(s)),
    _get("/v1/balance", "balance", lambda s, _, __: account.balance(s)),
)
