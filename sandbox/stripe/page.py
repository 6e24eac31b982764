"""What a buyer sees: the Checkout page, its answers and the receipt, as accessible plain HTML."""

from html import escape

from sandbox.stripe import currencies
from sandbox.stripe.cards import CARDS
from sandbox.stripe.wire import Obj

_LABELS = {"book": "Book", "donate": "Donate", "subscribe": "Subscribe"}
_STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0;background:Canvas;color:CanvasText}
main{max-width:30rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.1rem;margin:.5rem 0 0}.amount{font-size:2rem;font-weight:600;margin:0}
fieldset{border:1px solid GrayText;border-radius:.5rem;margin:1rem 0;padding:.5rem 1rem}
label{display:block;padding:.15rem 0}input[type=text],input[type=email]{width:100%;
box-sizing:border-box;font:inherit;padding:.5rem;border:1px solid GrayText;border-radius:.4rem}
button{font:inherit;font-weight:600;width:100%;padding:.75rem;margin:.3rem 0;border:0;
border-radius:.5rem;background:#635bff;color:#fff;cursor:pointer}
button.plain{background:GrayText}.error{border-left:4px solid #d33;padding:.5rem .75rem}
code{font-size:.9em}.test{font-size:.85rem}
"""


def money(amount: int, currency: str) -> str:
    """Write an amount as ``12.50 EUR``."""
    places = currencies.exponent(currency)
    return f"{amount / 10**places:,.{places}f} {currency.upper()}"


def checkout(session: Obj, items: list[Obj], *, error: str = "", email: str = "") -> str:
    """Return the form that pays an open session; ``error`` is why the last try failed."""
    back = ""
    if session["cancel_url"]:
        back = f'<p><a href="{escape(session["cancel_url"])}">← Back</a></p>'
    alert = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    rows = "".join(_row(item) for item in items)
    label = _LABELS.get(str(session["submit_type"]), "Pay")
    total = money(session["amount_total"], session["currency"])
    body = f"""{back}<h1>{escape(", ".join(item["description"] for item in items))}</h1>
<p class="amount">{total}</p><ul>{rows}</ul>{alert}
<form method="post">{_person(session, email)}{_method(session)}{_terms(session)}
{_said(session, "submit")}<button type="submit">{label}</button></form>"""
    return _document(f"{label} {total}", body)


def challenge(number: str, email: str) -> str:
    """Return the page of the bank that asks whether it is really the buyer."""
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (("number", number), ("email", email), ("terms", "yes"))
    )
    body = f"""<h1>3-D Secure</h1><p>Your bank asks you to confirm this payment.</p>
<form method="post">{hidden}<button name="authenticated" value="yes">Complete</button>
<button class="plain" name="authenticated" value="no">Fail</button></form>"""
    return _document("Confirm your payment", body)


def closed(session: Obj) -> str:
    """Return what is shown when a session can no longer be paid."""
    done = session["status"] == "complete"
    title = "You have already paid" if done else "This page has expired"
    text = "This checkout is complete." if done else "Nothing was charged."
    return _document(title, f"<h1>{title}</h1><p>{text}</p>")


def finished(session: Obj) -> str:
    """Return what is shown after paying where there is no page to go to."""
    return _document("Thank you", f"<h1>Thank you</h1>{_said(session, 'after_submit')}")


def receipt(charge: Obj) -> str:
    """Return the receipt of a charge."""
    total = money(charge["amount"], charge["currency"])
    refunded = charge["amount_refunded"]
    back = f"<p>Refunded: {money(refunded, charge['currency'])}</p>" if refunded else ""
    text = escape(charge["description"] or "")
    body = f"""<h1>Receipt</h1><p class="amount">{total}</p><p>{text}</p>{back}
<p><code>{charge["id"]}</code></p>"""
    return _document("Receipt", body)


def nothing() -> str:
    """Return the page for an address that leads to nothing."""
    return _document("Not found", "<h1>Something went wrong</h1><p>No such page.</p>")


def _row(item: Obj) -> str:
    total = money(item["amount_total"], item["currency"])
    return f"<li>{item['quantity']} &times; {escape(item['description'])}: {total}</li>"


def _person(session: Obj, email: str) -> str:
    fixed = session["customer_email"]
    value = escape(fixed or email)
    lock = " readonly" if fixed else ""
    return f"""<p><label for="email">E-mail</label><input type="email" id="email" name="email"
autocomplete="email" required value="{value}"{lock}></p>"""


def _method(session: Obj) -> str:
    if not session["amount_total"]:
        return ""
    methods = session["payment_method_types"]
    shown = [c for c in CARDS.values() if ("sepa_debit" if c.delayed else "card") in methods]
    choices = "".join(
        f'<label><input type="radio" name="card" value="{card.number}"'
        f"{'' if place else ' checked'}> <code>{card.number}</code> {escape(card.says)}</label>"
        for place, card in enumerate(shown)
    )
    return f"""<p><label for="number">Card number or IBAN</label><input type="text" id="number"
name="number" autocomplete="off" inputmode="text" placeholder="4242 4242 4242 4242"
aria-describedby="test"></p><p class="test" id="test">This is a pretend Stripe: no real card, no
real money. Type a number or choose a test one.</p>
<fieldset><legend>Test cards</legend>{choices}</fieldset>"""


def _terms(session: Obj) -> str:
    consent = session["consent_collection"] or {}
    if consent.get("terms_of_service") != "required":
        return ""
    said = session["custom_text"]["terms_of_service_acceptance"]
    text = said["message"] if said else "I agree to the terms of service"
    return f"""<p><label><input type="checkbox" name="terms" value="yes" required>
{escape(text)}</label></p>"""


def _said(session: Obj, place: str) -> str:
    said = session["custom_text"][place]
    return f"<p>{escape(said['message'])}</p>" if said else ""


def _document(title: str, body: str) -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>
<style>{_STYLE}</style></head><body><main>{body}</main></body></html>"""
