"""Disputes: opened by a test card, answered through the API."""

from sandbox.stripe.events import emit
from sandbox.stripe.money_objects import new_transaction
from sandbox.stripe.paging import page
from sandbox.stripe.sessions import merge_metadata
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj, StripeError

_EVIDENCE_DAYS = 9 * 24 * 3600
_FINAL = {"won", "lost"}


def open_dispute(store: Store, charge: Obj) -> None:
    """Dispute a charge: its money leaves the balance."""
    dispute = _new(store, charge)
    store.disputes[dispute["id"]] = dispute
    taken = new_transaction(store, dispute, "adjustment", -dispute["amount"])
    taken["reporting_category"] = "dispute"
    dispute["balance_transactions"].append(taken)
    charge["disputed"] = True
    emit(store, "charge.dispute.created", dispute)
    emit(store, "charge.dispute.funds_withdrawn", dispute)


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


def update(store: Store, identifier: str, params: Obj) -> Obj:
    """Answer a dispute; ``winning_evidence`` and ``losing_evidence`` decide it, as at Stripe."""
    dispute = retrieve(store, identifier)
    _still_open(dispute)
    merge_metadata(dispute, params)
    evidence = params.get("evidence", {})
    if isinstance(evidence, dict) and evidence:
        dispute["evidence"] |= evidence
        dispute["evidence_details"]["has_evidence"] = True
    text = dispute["evidence"].get("uncategorized_text")
    if params.get("submit", True) and text in {"winning_evidence", "losing_evidence"}:
        dispute["evidence_details"]["submission_count"] += 1
        _decide(store, dispute, won=text == "winning_evidence")
    elif "evidence" in params:
        emit(store, "charge.dispute.updated", dispute)
    return dispute


def close(store: Store, identifier: str) -> Obj:
    """Accept a dispute as lost."""
    dispute = retrieve(store, identifier)
    _still_open(dispute)
    _decide(store, dispute, won=False)
    return dispute


def _new(store: Store, charge: Obj) -> Obj:
    return {
        "id": store.ids.new("du_1"),
        "object": "dispute",
        "amount": charge["amount"],
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
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "needs_response",
    }


def _still_open(dispute: Obj) -> None:
    if dispute["status"] in _FINAL:
        raise StripeError("This dispute is already closed", param="dispute", began=True)


def _decide(store: Store, dispute: Obj, *, won: bool) -> None:
    dispute["status"] = "won" if won else "lost"
    if won:
        back = new_transaction(store, dispute, "adjustment", dispute["amount"])
        back["reporting_category"] = "dispute_reversal"
        dispute["balance_transactions"].append(back)
        emit(store, "charge.dispute.funds_reinstated", dispute)
    emit(store, "charge.dispute.closed", dispute)
