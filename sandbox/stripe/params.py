"""The parameters of every other method, and what all lists share."""

from sandbox.stripe.forms import Tree
from sandbox.stripe.schema import (
    Choice,
    Email,
    Flag,
    Int,
    Loose,
    Many,
    Metadata,
    Record,
    Spec,
    Text,
    Url,
)
from sandbox.stripe.wire import Obj
from sandbox.stripe.words import words

EXPAND = Many(Text(500), 100)
_RANGE = Record({"gt": Int(0), "gte": Int(0), "lt": Int(0), "lte": Int(0)})


class Created:
    """A time, or a range of times as ``{gt, gte, lt, lte}``."""

    def check(self, value: str | Tree, param: str) -> Obj:
        """Return the range."""
        if isinstance(value, str):
            moment = Int(0).check(value, param)
            return {"gte": moment, "lte": moment}
        return _RANGE.check(value, param)


_PAGE: dict[str, Spec] = {
    "ending_before": Text(),
    "expand": EXPAND,
    "limit": Int(1, 100),
    "starting_after": Text(),
}
_DATED: dict[str, Spec] = {**_PAGE, "created": Created()}
_OWNED: dict[str, Spec] = {"customer": Text(), "customer_account": Text()}
_MONEY: dict[str, Spec] = {"charge": Text(), "payment_intent": Text()}

ONLY_EXPAND = Record({"expand": EXPAND})
NOTHING = Record({})
LIST_SESSIONS = Record(
    {
        **_DATED,
        **_OWNED,
        "customer_details": Record({"email": Email()}, ("email",)),
        "payment_intent": Text(),
        "payment_link": Text(),
        "status": Choice(("complete", "expired", "open")),
        "subscription": Text(),
    }
)
LIST_LINE_ITEMS = Record(_PAGE)
LIST_PAYMENT_INTENTS = Record({**_DATED, **_OWNED})
RETRIEVE_PAYMENT_INTENT = Record({"client_secret": Text(), "expand": EXPAND})
LIST_CHARGES = Record(
    {**_DATED, "customer": Text(), "payment_intent": Text(), "transfer_group": Text()}
)
LIST_REFUNDS = Record({**_DATED, **_MONEY})
LIST_DISPUTES = Record({**_DATED, **_MONEY})
CREATE_REFUND = Record(
    {
        **_MONEY,
        "amount": Int(1),
        "currency": Text(),
        "customer": Text(),
        "expand": EXPAND,
        "instructions_email": Email(),
        "metadata": Metadata(),
        "origin": Choice(("customer_balance",)),
        "reason": Choice(("duplicate", "fraudulent", "requested_by_customer")),
        "refund_application_fee": Flag(),
        "reverse_transfer": Flag(),
    }
)
UPDATE_REFUND = Record({"expand": EXPAND, "metadata": Metadata()})
UPDATE_DISPUTE = Record(
    {
        "evidence": Loose(),
        "expand": EXPAND,
        "intended_submission_method": Text(),
        "metadata": Metadata(),
        "submit": Flag(),
    }
)
LIST_EVENTS = Record(
    {**_DATED, "delivery_success": Flag(), "type": Text(), "types": Many(Text(), 20)}
)
EVENT_TYPES = words(
    "* account.updated balance.available charge.captured charge.dispute.closed "
    "charge.dispute.created charge.dispute.funds_reinstated "
    "charge.dispute.funds_withdrawn charge.dispute.updated charge.expired "
    "charge.failed charge.pending charge.refund.updated charge.refunded "
    "charge.succeeded charge.updated checkout.session.async_payment_failed "
    "checkout.session.async_payment_succeeded checkout.session.completed "
    "checkout.session.expired coupon.created coupon.deleted coupon.updated "
    "customer.created customer.deleted customer.updated invoice.created invoice.paid "
    "invoice.payment_failed payment_intent.amount_capturable_updated "
    "payment_intent.canceled payment_intent.created payment_intent.partially_funded "
    "payment_intent.payment_failed payment_intent.processing "
    "payment_intent.requires_action payment_intent.succeeded payment_method.attached "
    "payout.created payout.failed payout.paid price.created product.created "
    "promotion_code.created promotion_code.updated radar.early_fraud_warning.created "
    "radar.early_fraud_warning.updated refund.created refund.failed refund.updated "
    "review.closed review.opened"
)
_ENDPOINT: dict[str, Spec] = {
    "description": Text(5000, unset=True),
    "enabled_events": Many(Choice(EVENT_TYPES), 500),
    "expand": EXPAND,
    "metadata": Metadata(),
    "url": Url(),
}
CREATE_ENDPOINT = Record(
    {**_ENDPOINT, "api_version": Text(), "connect": Flag()}, ("enabled_events", "url")
)
UPDATE_ENDPOINT = Record({**_ENDPOINT, "disabled": Flag()})
LIST_ENDPOINTS = Record(_PAGE)
