"""Stripe's objects, translated into the domain's words."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from booking.ports import CheckoutSession, StripeDispute, StripeRefund

if TYPE_CHECKING:
    import stripe

Reference = str | dict[str, Any] | None
FAILED: Final = frozenset({"requires_payment_method", "canceled"})
"""What a payment is called that went wrong after its buyer was done."""


def read_session(raw: Mapping[str, Any]) -> CheckoutSession:
    """Translate a session's JSON; what Stripe left out or did not expand is None."""
    intent = raw.get("payment_intent") or None
    charge = _expanded(intent, "latest_charge")
    balance = _expanded(charge, "balance_transaction")
    return CheckoutSession(
        id=raw["id"],
        status=raw["status"],
        payment_status=raw["payment_status"],
        amount_total=raw["amount_total"] or 0,
        currency=(raw["currency"] or "").upper(),
        livemode=raw["livemode"],
        mode=raw["mode"],
        expires_at=datetime.fromtimestamp(raw["expires_at"], UTC),
        url=raw.get("url"),
        client_reference_id=raw.get("client_reference_id"),
        metadata=raw.get("metadata") or {},
        payment_intent=_id(intent),
        charge=_id(charge),
        receipt_url=charge.get("receipt_url") if isinstance(charge, dict) else None,
        fee_minor=balance.get("fee") if isinstance(balance, dict) else None,
        net_minor=balance.get("net") if isinstance(balance, dict) else None,
        failed=isinstance(intent, dict) and intent.get("status") in FAILED,
    )


def read_refund(refund: "stripe.Refund") -> StripeRefund:
    """Translate a refund; the metadata of its payment only where that was expanded."""
    raw: dict[str, Any] = refund.to_dict()
    intent = raw.get("payment_intent") or None
    return StripeRefund(
        id=raw["id"],
        status=raw["status"] or "",
        amount=raw["amount"],
        payment_intent=_id(intent),
        charge=_id(raw.get("charge") or None),
        why=raw.get("failure_reason") or raw.get("pending_reason") or "",
        metadata=raw.get("metadata") or {},
        payment_metadata=(intent.get("metadata") or {}) if isinstance(intent, dict) else {},
        currency=(raw["currency"] or "").upper(),
    )


def read_dispute(dispute: "stripe.Dispute") -> StripeDispute:
    """Translate a dispute; the metadata of its payment only where that was expanded."""
    raw: dict[str, Any] = dispute.to_dict()
    intent = raw.get("payment_intent") or None
    due_by = (raw.get("evidence_details") or {}).get("due_by")
    return StripeDispute(
        id=raw["id"],
        status=raw["status"],
        amount=raw["amount"],
        currency=raw["currency"].upper(),
        reason=raw.get("reason") or "",
        payment_intent=_id(intent),
        charge=_id(raw.get("charge") or None),
        created=datetime.fromtimestamp(raw["created"], UTC),
        due_by=datetime.fromtimestamp(due_by, UTC) if due_by else None,
        payment_metadata=(intent.get("metadata") or {}) if isinstance(intent, dict) else {},
    )


def _expanded(parent: Reference, key: str) -> Reference:
    child: Reference = parent.get(key) if isinstance(parent, dict) else None
    return child


def _id(reference: Reference) -> str | None:
    return reference["id"] if isinstance(reference, dict) else reference
