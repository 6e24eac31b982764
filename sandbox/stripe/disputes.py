"""Disputes: opened by a test card or the buyer's bank, answered through the API, decided."""

from collections.abc import Callable
from functools import partial
from typing import Final

from sandbox.stripe.events import emit
from sandbox.stripe.money_objects import new_transaction
from sandbox.stripe.paging import page
from sandbox.stripe.sessions import merge_metadata
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj, StripeError

_EVIDENCE_DAYS = 9 * 24 * 3600
_ASKED: Final = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
"""Where evidence is taken, and what becomes of the dispute when it comes."""
_INQUIRY: Final = "warning_"
_FINAL: Final = {"won", "lost", "warning_closed", "prevented"}
REASONS: Final = (
    "bank_cannot_process",
    "check_returned",
    "credit_not_processed",
    "customer_initiated",
    "debit_not_authorized",
    "duplicate",
    "fraudulent",
    "general",
    "incorrect_account_details",
    "insufficient_funds",
    "noncompliant",
    "product_not_received",
    "product_unacceptable",
    "subscription_canceled",
    "unrecognized",
)


def open_dispute(
    store: Store, charge: Obj, *, reason: str = "fraudulent", inquiry: bool = False
) -> None:
    """Dispute what is left of a charge: its money leaves the balance, except for an inquiry."""
    if charge["refunded"]:
        return
    dispute = _new(store, charge, reason, inquiry=inquiry)
    store.disputes[dispute["id"]] = dispute
    charge["disputed"] = True
    emit(store, "charge.dispute.created", dispute)
    if not inquiry:
        _withdraw(store, dispute)
    store.later(_EVIDENCE_DAYS, partial(_too_late, store, dispute))


def retrieve(store: Store, identifier: str) -> Obj:
    """Return a dispute."""
    return store.find(store.disputes, identifier, "dispute", "dispute")


def listed(store: Store, params: Obj) -> Obj:
    """Return one page of disputes, newest first."""
    exact = {name: params[name] for name in ("charge", "payment_intent") if name in params}
    return page(
        store.disputes.values(),
        params,
        "/v1/disputes",
        lambda one: all(one[name] == value for name, value in exact.items()),
    )


def forbids_refunds(store: Store, charge: Obj) -> bool:
    """Tell whether a charge is disputed so that it cannot be refunded."""
    mine = (one for one in store.disputes.values() if one["charge"] == charge["id"])
    return any(not one["is_charge_refundable"] for one in mine)


def update(store: Store, identifier: str, params: Obj) -> Obj:
    """Answer a dispute; texts of test mode (``winning_evidence`` …) decide it, as at Stripe."""
    dispute = retrieve(store, identifier)
    _still_open(dispute)
    merge_metadata(dispute, params)
    evidence = params.get("evidence", {})
    if isinstance(evidence, dict) and evidence:
        dispute["evidence"] |= evidence
        dispute["evidence_details"]["has_evidence"] = True
    if params.get("submit", True) and dispute["evidence_details"]["has_evidence"]:
        _submit(store, dispute)
        decide = _TEXTS.get(dispute["evidence"].get("uncategorized_text"))
        if decide:
            decide(store, dispute)
    elif "evidence" in params:
        emit(store, "charge.dispute.updated", dispute)
    return dispute


def close(store: Store, identifier: str) -> Obj:
    """Accept a dispute as lost."""
    dispute = retrieve(store, identifier)
    _still_open(dispute)
    _lose(store, dispute)
    return dispute


def move(store: Store, identifier: str, act: str) -> Obj:
    """Do what shop and bank can do to an open dispute: see `acts`."""
    dispute = retrieve(store, identifier)
    if act not in acts(dispute):
        raise StripeError(f"A dispute that is {dispute['status']} cannot {act}.", param="act")
    _ACTS[act](store, dispute)
    return dispute


def acts(dispute: Obj) -> list[str]:
    """Name what may happen to a dispute now."""
    status: str = dispute["status"]
    if status in _FINAL:
        return []
    submit = ["submit"] if status in _ASKED else []
    return [*submit, *(["close", "escalate"] if status.startswith(_INQUIRY) else ["win", "lose"])]


def _new(store: Store, charge: Obj, reason: str, *, inquiry: bool) -> Obj:
    return {
        "id": store.ids.new("du_1"),
        "object": "dispute",
        "amount": charge["amount"] - charge["amount_refunded"],
        "balance_transactions": [],
        "charge": charge["id"],
        "created": store.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {"enhanced_evidence": {}},
        "evidence_details": {
            "due_by": store.now() + _EVIDENCE_DAYS,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }


def _still_open(dispute: Obj) -> None:
    if dispute["status"] in _FINAL:
        raise StripeError("This dispute is already closed", param="dispute", began=True)


def _withdraw(store: Store, dispute: Obj) -> None:
    dispute["is_charge_refundable"] = False
    taken = new_transaction(store, dispute, "dispute", -dispute["amount"])
    dispute["balance_transactions"].append(taken)
    _balance(store, dispute, taken)
    emit(store, "charge.dispute.funds_withdrawn", dispute)


def _balance(store: Store, dispute: Obj, transaction: Obj) -> None:
    if dispute["currency"] in store.limits:
        store.limits[dispute["currency"]] += transaction["net"]


def _submit(store: Store, dispute: Obj) -> None:
    before = {"status": dispute["status"]}
    details = dispute["evidence_details"]
    details |= {"has_evidence": True, "submission_method": "manual"}
    details["submission_count"] += 1
    dispute["status"] = _ASKED.get(dispute["status"], dispute["status"])
    emit(store, "charge.dispute.updated", dispute, before)


def _win(store: Store, dispute: Obj) -> None:
    if dispute["status"].startswith(_INQUIRY):
        _end(store, dispute, "warning_closed")
        return
    dispute |= {"status": "won", "is_charge_refundable": True}
    back = new_transaction(store, dispute, "dispute_reversal", dispute["amount"])
    dispute["balance_transactions"].append(back)
    _balance(store, dispute, back)
    emit(store, "charge.dispute.funds_reinstated", dispute)
    emit(store, "charge.dispute.closed", dispute)


def _lose(store: Store, dispute: Obj) -> None:
    if dispute["status"].startswith(_INQUIRY):
        _escalate(store, dispute)
    _end(store, dispute, "lost")


def _end(store: Store, dispute: Obj, status: str) -> None:
    dispute["status"] = status
    emit(store, "charge.dispute.closed", dispute)


def _escalate(store: Store, dispute: Obj) -> None:
    """Turn an inquiry into a dispute over what has not been refunded meanwhile."""
    charge, before = store.charges[dispute["charge"]], {"status": dispute["status"]}
    if charge["refunded"]:
        _end(store, dispute, "warning_closed")
        return
    due = store.now() + _EVIDENCE_DAYS
    dispute["amount"] = charge["amount"] - charge["amount_refunded"]
    dispute["evidence_details"] |= {"due_by": due, "past_due": False}
    dispute["status"] = "needs_response"
    emit(store, "charge.dispute.updated", dispute, before)
    _withdraw(store, dispute)
    store.later(_EVIDENCE_DAYS, partial(_too_late, store, dispute))


def _too_late(store: Store, dispute: Obj) -> None:
    """Decide a dispute that nobody answered in time."""
    details = dispute["evidence_details"]
    if dispute["status"] not in _ASKED or store.now() < details["due_by"]:
        return
    details["past_due"] = True
    _end(store, dispute, "lost" if dispute["status"] == "needs_response" else "warning_closed")


_TEXTS: Final[dict[object, Callable[[Store, Obj], None]]] = {
    "winning_evidence": _win,
    "losing_evidence": _lose,
    "escalate_inquiry_evidence": _escalate,
}
"""What evidence decides at once in test mode (docs.stripe.com/testing#evidence)."""
_ACTS: Final[dict[str, Callable[[Store, Obj], None]]] = {
    "submit": _submit,
    "win": _win,
    "lose": _lose,
    "close": _win,
    "escalate": _escalate,
}
