"""Refunds: asked for, pending, succeeded, failed, canceled."""

from functools import partial

from sandbox.stripe.cards import CARDS
from sandbox.stripe.currencies import written
from sandbox.stripe.disputes import forbids_refunds
from sandbox.stripe.events import emit
from sandbox.stripe.money_objects import new_refund, new_transaction
from sandbox.stripe.paging import page
from sandbox.stripe.sessions import merge_metadata
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj, StripeError, required


def create(store: Store, params: Obj) -> Obj:
    """Give back all or part of a charge; pending while the balance does not cover it."""
    charge = _charge(store, params)
    amount = _amount(store, charge, params)
    refund = new_refund(store, charge, amount, params)
    store.refunds[refund["id"]] = refund
    _add_refunded(charge, amount)
    card = CARDS.get(store.numbers[charge["id"]])
    behaviour = card.refund if card else ""
    if amount > store.limits.get(refund["currency"], amount):
        refund |= {"status": "pending", "pending_reason": "insufficient_funds"}
    elif behaviour == "pending":
        refund |= {"status": "pending", "pending_reason": "processing"}
        store.later(store.refund_delay, partial(_finish, store, refund))
    else:
        _draw(store, refund)
    emit(store, "refund.created", refund)
    emit(store, "charge.refunded", charge)
    if behaviour == "fails":
        store.later(store.refund_delay, partial(_fail, store, refund))
    return refund


def retrieve(store: Store, identifier: str) -> Obj:
    """Return a refund."""
    return store.find(store.refunds, identifier, "refund", "refund")


def listed(store: Store, params: Obj) -> Obj:
    """Return one page of refunds, newest first."""
    exact = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    return page(
        store.refunds.values(),
        params,
        "/v1/refunds",
        lambda one: all(one[name] == value for name, value in exact.items()),
    )


def update(store: Store, identifier: str, params: Obj) -> Obj:
    """Change a refund's metadata."""
    refund = retrieve(store, identifier)
    before = {"metadata": dict(refund["metadata"])}
    merge_metadata(refund, params)
    if refund["metadata"] != before["metadata"]:
        _updated(store, refund, before)
    return refund


def cancel(store: Store, identifier: str) -> Obj:
    """Cancel a pending refund: the money stays with the shop."""
    refund = retrieve(store, identifier)
    if refund["status"] not in {"pending", "requires_action"}:
        message = f"Refund {identifier} cannot be canceled: its status is {refund['status']}."
        raise StripeError(message, param="refund", began=True)
    _end(store, refund, "canceled", "merchant_request")
    return refund


def balance_rose(store: Store, currency: str) -> None:
    """Go on with refunds that waited for money in ``currency``, oldest first."""
    for refund in store.refunds.values():
        waits = refund["status"] == "pending" and refund["currency"] == currency
        enough = refund["amount"] <= store.limits.get(currency, refund["amount"])
        if waits and enough and refund["pending_reason"] == "insufficient_funds":
            _finish(store, refund)


def _charge(store: Store, params: Obj) -> Obj:
    if "charge" in params and "payment_intent" in params:
        message = "You may only specify one of these parameters: charge, payment_intent."
        raise StripeError(message, param="charge")
    if "charge" in params:
        charge = store.find(store.charges, params["charge"], "charge", "charge")
    elif "payment_intent" in params:
        identifier = params["payment_intent"]
        intent = store.find(store.payment_intents, identifier, "payment_intent", "payment_intent")
        latest: str | None = intent["latest_charge"]
        charge = store.charges[latest] if latest else {"status": "none", "id": ""}
    else:
        raise required("payment_intent")
    if charge["status"] != "succeeded":
        owner = params.get("payment_intent", params.get("charge"))
        message = f"This PaymentIntent ({owner}) does not have a successful charge to refund."
        raise StripeError(message, param="payment_intent", began=True)
    return charge


def _amount(store: Store, charge: Obj, params: Obj) -> int:
    if forbids_refunds(store, charge):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise StripeError(message, code="charge_disputed", began=True)
    left: int = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise StripeError(message, code="charge_already_refunded", began=True)
    amount: int = params.get("amount", left)
    if amount > left:
        what = "charge amount" if left == charge["amount"] else "unrefunded amount on charge"
        currency = charge["currency"]
        message = (
            f"Refund amount ({written(amount, currency)}) is greater than {what} "
            f"({written(left, currency)})"
        )
        raise StripeError(message, param="amount", began=True)
    return amount


def _add_refunded(charge: Obj, amount: int) -> None:
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]


def _draw(store: Store, refund: Obj) -> None:
    taken = new_transaction(store, refund, "refund", -refund["amount"])
    refund |= {"balance_transaction": taken["id"], "status": "succeeded"}
    if refund["currency"] in store.limits:
        store.limits[refund["currency"]] -= refund["amount"]


def _finish(store: Store, refund: Obj) -> None:
    if refund["status"] == "pending":
        del refund["pending_reason"]
        _draw(store, refund)
        _updated(store, refund, {"status": "pending"})


def _fail(store: Store, refund: Obj) -> None:
    if refund["status"] in {"pending", "succeeded"}:
        _end(store, refund, "failed", "expired_or_canceled_card")
        emit(store, "refund.failed", refund)


def _end(store: Store, refund: Obj, status: str, reason: str) -> None:
    before = {"status": refund["status"]}
    charge = store.charges[refund["charge"]]
    _add_refunded(charge, -refund["amount"])
    refund.pop("pending_reason", None)
    refund |= {"status": status, "failure_reason": reason}
    if refund["balance_transaction"]:
        back = new_transaction(store, refund, "refund_failure", refund["amount"])
        refund["failure_balance_transaction"] = back["id"]
        if refund["currency"] in store.limits:
            store.limits[refund["currency"]] += refund["amount"]
    _updated(store, refund, before)


def _updated(store: Store, refund: Obj, before: Obj) -> None:
    emit(store, "refund.updated", refund, before)
    emit(store, "charge.refund.updated", refund, before)
