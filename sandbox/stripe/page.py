"""What a buyer sees: the Checkout page, the bank's question, what follows, and the receipt."""

import math
from dataclasses import dataclass

from markupsafe import Markup

from sandbox.stripe import cards, offered
from sandbox.stripe.frame import Frame
from sandbox.stripe.payments import DEFAULT_EMAIL
from sandbox.stripe.wire import Obj

_BRANDS = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
}


@dataclass(frozen=True)
class Problem:
    """Why the last try failed, and at which field of the form."""

    title: str
    text: str
    at: str


@dataclass(frozen=True)
class Filled:
    """What was filled into the form before."""

    number: str = ""
    email: str = ""
    agreed: bool = False


def declined(frame: Frame, result: Obj) -> Problem:
    """Return a decline in the buyer's language, in Stripe's words where there are no others."""
    said = frame.tongue.declines
    known = (said[code] for code in (result["decline_code"], result["code"]) if code in said)
    text = next(known, result["message"])
    return Problem(frame.tongue.say("error_title"), text, "number")


def missing(frame: Frame, what: str) -> Problem:
    """Return what has to be filled in before anything is tried."""
    say = frame.tongue.say
    return Problem(say("error_terms_title"), say(f"error_{what}"), what)


def checkout(
    frame: Frame, session: Obj, filled: Filled | None = None, problem: Problem | None = None
) -> str:
    """Return the form that pays an open session; ``problem`` is why the last try failed."""
    filled = filled or Filled()
    store, money = frame.store, frame.tongue.money
    left = max(0, math.ceil(session["expires_at"] - store.clock()))
    return frame.render(
        "checkout.html",
        does=_does(session),
        cancel=session["cancel_url"],
        total=money(session["amount_total"], session["currency"]),
        seconds_left=left,
        expires=frame.tongue.ahead(left),
        items=frame.items(session),
        problem=problem,
        at=problem.at if problem else "",
        email=session["customer_email"] or filled.email or DEFAULT_EMAIL,
        fixed_email=bool(session["customer_email"]),
        terms=_terms(frame, session),
        agreed=filled.agreed,
        submit_text=_said(session, "submit"),
        after_text=_said(session, "after_submit"),
        **_numbers(frame, session, filled),
    )


def challenge(frame: Frame, session: Obj, filled: Filled) -> str:
    """Return the page of the bank that asks whether it is really the buyer."""
    card = cards.find(filled.number)
    return frame.render(
        "secure.html",
        total=frame.tongue.money(session["amount_total"], session["currency"]),
        brand=_BRANDS[card.brand] if card else "",
        last=card.number[-4:] if card else "",
        date=frame.tongue.day(frame.store.now()),
        number=filled.number,
        email=filled.email,
        again=session["id"],
    )


def closed(frame: Frame, session: Obj, success: str) -> str:
    """Return what is shown when a session can no longer be paid."""
    if session["status"] == "expired":
        return frame.render("closed.html", state="expired", back=session["cancel_url"])
    intent = frame.store.payment_intents.get(session["payment_intent"] or "", {})
    charge = frame.store.charges.get(intent.get("latest_charge") or "", {})
    by_charge = {"succeeded": "paid", "pending": "processing", "failed": "failed"}
    paid = charge.get("status") == "succeeded"
    return frame.render(
        "closed.html",
        state=by_charge[charge["status"]] if charge else "free",
        back=success,
        receipt=f"{frame.root}receipts/{charge['id']}" if paid else "",
    )


def receipt(frame: Frame, charge: Obj, session: Obj | None) -> str:
    """Return the receipt of a charge, with what was given back of it."""
    tongue, currency = frame.tongue, charge["currency"]
    given = [one for one in frame.store.refunds.values() if one["charge"] == charge["id"]]
    left = charge["amount"] - charge["amount_refunded"]
    return frame.render(
        "receipt.html",
        paid=tongue.money(charge["amount"], currency),
        date=tongue.day(charge["created"]),
        method=_method(frame, charge["payment_method_details"]),
        number=charge["id"],
        description=charge["description"] or "",
        items=frame.items(session) if session else [],
        refunds=[_refund(frame, one) for one in given],
        kept=tongue.money(left, currency) if charge["amount_refunded"] else "",
        disputed=charge["disputed"],
    )


def nothing(frame: Frame) -> str:
    """Return the page for an address that leads to nothing."""
    return frame.render("nothing.html")


def _does(session: Obj) -> str:
    asked = str(session["submit_type"])
    return asked if asked in {"book", "donate", "subscribe"} else "pay"


def _numbers(frame: Frame, session: Obj, filled: Filled) -> Obj:
    methods = session["payment_method_types"]
    card = cards.find(filled.number)
    named = {("card",): "card", ("sepa_debit",): "iban"}
    kinds = tuple(one for one in methods if one in {"card", "sepa_debit"})
    kind = named.get(kinds, "both")
    return {
        "asks_number": bool(session["amount_total"]),
        "number_label": f"number_{kind}",
        "placeholder": "AT32 1904 3002 3547 3204" if kind == "iban" else "4242 4242 4242 4242",
        # a known number is kept as the chosen one: in the field it would outdo the next choice
        "typed": "" if card else filled.number,
        "groups": offered.groups(frame.tongue, methods, card),
    }


def _terms(frame: Frame, session: Obj) -> str | Markup:
    consent = session["consent_collection"] or {}
    if consent.get("terms_of_service") != "required":
        return ""
    own = _said(session, "terms_of_service_acceptance")
    return own or frame.tongue.say("terms", shop=frame.store.business_name)


def _said(session: Obj, place: str) -> str:
    said = session["custom_text"][place]
    return str(said["message"]) if said else ""


def _method(frame: Frame, details: Obj) -> str:
    kind = details["type"]
    last = details[kind]["last4"]
    if kind == "sepa_debit":
        return Markup('{} <bdi dir="ltr">•••• {}</bdi>').format(frame.tongue.say("sepa"), last)
    return Markup('<bdi dir="ltr">{} •••• {}</bdi>').format(_BRANDS[details["card"]["brand"]], last)


def _refund(frame: Frame, refund: Obj) -> Obj:
    tongue = frame.tongue
    state = refund["status"]
    return {
        "state": state,
        "text": tongue.say(f"refund_{state}", date=tongue.day(refund["created"])),
        "amount": tongue.money(-refund["amount"], refund["currency"]),
    }
