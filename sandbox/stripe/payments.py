"""What happens when a buyer pays a Checkout session."""

from dataclasses import dataclass, replace
from functools import partial

from sandbox.stripe import cards, sessions
from sandbox.stripe.cards import Card
from sandbox.stripe.disputes import open_dispute
from sandbox.stripe.events import emit
from sandbox.stripe.money_objects import (
    declined,
    new_charge,
    new_intent,
    new_transaction,
    payment_error,
)
from sandbox.stripe.session_object import customer
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj, StripeError

_UNAUTHENTICATED = (
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again."
)
_NOT_A_TEST_CARD = (
    "Your card was declined. Your request was in test mode, but used a non test card. "
    "For a list of valid test cards, visit: https://stripe.com/docs/testing."
)
DEFAULT_EMAIL = "buyer@example.com"


@dataclass(frozen=True)
class Outcome:
    """What the buyer is told; ``completed`` is the event Checkout waits for."""

    outcome: str  # paid, processing, declined, closed
    message: str = ""
    code: str = ""
    decline_code: str = ""
    completed: str = ""


def pay(
    store: Store,
    identifier: str,
    number: str,
    *,
    authenticate: bool = True,
    email: str | None = None,
) -> Outcome:
    """Try to pay an open session; with nothing due, any card will do."""
    session = sessions.retrieve(store, identifier)
    if session["status"] != "open":
        return Outcome("closed", f"This Checkout Session is {session['status']}.")
    return _try(store, session, number, authenticate=authenticate, email=email)


def pay_late(store: Store, identifier: str, number: str) -> Outcome:
    """Pay an expired session all the same, as a payment that had begun before may come through."""
    session = sessions.retrieve(store, identifier)
    if session["status"] != "expired":
        message = "Only an expired Checkout Session can be paid after all."
        raise StripeError(message, param="session_id")
    return _try(store, session, number)


def _try(
    store: Store,
    session: Obj,
    number: str,
    *,
    authenticate: bool = True,
    email: str | None = None,
) -> Outcome:
    email = session["customer_email"] or email or DEFAULT_EMAIL
    if not session["amount_total"]:
        return Outcome("paid", completed=_complete(store, session, email))
    card = cards.find(number) or Card(
        number, "", "card_declined", "test_mode_live_card", _NOT_A_TEST_CARD
    )
    card = _fit(session, card, authenticate=authenticate)
    intent = _intent(store, session)
    charge = new_charge(store, intent, card, email)
    store.charges[charge["id"]] = charge
    store.numbers[charge["id"]] = card.number
    intent |= {"latest_charge": charge["id"], "last_payment_error": None}
    if card.code:
        return _decline(store, intent, charge, card)
    intent["payment_method"] = charge["payment_method"]
    if card.delayed:
        return _delay(store, session, intent, charge, card, email)
    _succeed(store, intent, charge)
    session["payment_status"] = "paid"
    completed = _complete(store, session, email)
    if card.dispute:
        disputed = partial(open_dispute, reason=card.dispute, inquiry=card.inquiry)
        store.later(store.dispute_delay, partial(disputed, store, charge))
    return Outcome("paid", completed=completed)


def challenge(store: Store, session: Obj) -> None:
    """Begin a payment that waits for 3-D Secure."""
    intent = _intent(store, session)
    intent["status"] = "requires_action"
    emit(store, "payment_intent.requires_action", intent)


def _fit(session: Obj, card: Card, *, authenticate: bool) -> Card:
    if card.secure and not authenticate:
        return replace(card, code="payment_intent_authentication_failure", message=_UNAUTHENTICATED)
    method = "sepa_debit" if card.delayed else "card"
    if method not in session["payment_method_types"]:
        message = f"This Checkout Session does not take {method}."
        return replace(card, code="payment_method_not_available", message=message)
    return card


def _intent(store: Store, session: Obj) -> Obj:
    if session["payment_intent"]:
        return store.payment_intents[session["payment_intent"]]
    intent = new_intent(store, session)
    store.payment_intents[intent["id"]] = intent
    session["payment_intent"] = intent["id"]
    emit(store, "payment_intent.created", intent)
    return intent


def _decline(store: Store, intent: Obj, charge: Obj, card: Card) -> Outcome:
    declined(charge, card)
    intent |= {
        "last_payment_error": payment_error(charge, card),
        "payment_method": None,
        "status": "requires_payment_method",
    }
    emit(store, "charge.failed", charge)
    emit(store, "payment_intent.payment_failed", intent)
    return Outcome("declined", card.message, card.code, card.decline)


def _succeed(store: Store, intent: Obj, charge: Obj) -> None:
    transaction = new_transaction(store, charge, "charge", charge["amount"])
    charge |= {
        "amount_captured": charge["amount"],
        "balance_transaction": transaction["id"],
        "captured": True,
        "paid": True,
        "status": "succeeded",
    }
    intent |= {"amount_received": intent["amount"], "status": "succeeded"}
    if charge["currency"] in store.limits:
        store.limits[charge["currency"]] += transaction["net"]
    emit(store, "charge.succeeded", charge)
    emit(store, "payment_intent.succeeded", intent)


def _complete(store: Store, session: Obj, email: str) -> str:
    consent: Obj = session["consent_collection"] or {}
    session |= {"client_secret": None, "status": "complete", "url": None}
    session["customer_details"] = customer(email, "Jenny Rosen")
    if consent.get("terms_of_service") == "required":
        session["consent"] = {"promotions": None, "terms_of_service": "accepted"}
    event = emit(store, "checkout.session.completed", session)
    return str(event["id"])


def _delay(store: Store, session: Obj, intent: Obj, charge: Obj, card: Card, email: str) -> Outcome:
    charge |= {"amount_captured": 0, "captured": False, "paid": False, "status": "pending"}
    intent["status"] = "processing"
    emit(store, "charge.pending", charge)
    emit(store, "payment_intent.processing", intent)
    completed = _complete(store, session, email)
    settled = partial(_settle, store, session, succeeds=card.delayed == "succeeds")
    store.later(store.delayed_method_delay, settled)
    return Outcome("processing", completed=completed)


def finish(store: Store, identifier: str, *, succeeds: bool) -> Obj:
    """End a delayed payment now, as its bank does some time; refuse one that is not under way."""
    session = sessions.retrieve(store, identifier)
    intent = store.payment_intents.get(session["payment_intent"] or "")
    if intent is None or intent["status"] != "processing":
        raise StripeError("No payment of this Checkout Session is under way.", param="session_id")
    _settle(store, session, succeeds=succeeds)
    return session


def _settle(store: Store, session: Obj, *, succeeds: bool) -> None:
    intent = store.payment_intents[session["payment_intent"]]
    if intent["status"] != "processing":
        return
    charge = store.charges[intent["latest_charge"]]
    if succeeds:
        _succeed(store, intent, charge)
        session["payment_status"] = "paid"
        emit(store, "checkout.session.async_payment_succeeded", session)
        return
    failed = replace(
        cards.CARDS[store.numbers[charge["id"]]],
        code="payment_intent_payment_attempt_failed",
        message="The payment failed.",
    )
    _decline(store, intent, charge, failed)
    emit(store, "checkout.session.async_payment_failed", session)
