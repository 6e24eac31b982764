"""The account itself, its balance, and its events of the last 30 days."""

from collections.abc import Callable

from sandbox.stripe.paging import page
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj, StripeError
from sandbox.stripe.words import words

_REACH = 30 * 24 * 3600
ACCOUNT_ID = "acct_1Sandbox000000000"


def account(store: Store) -> Obj:
    """Return the account as its own key sees it."""
    profile = dict.fromkeys(
        words(
            "annual_revenue estimated_worker_count mcc product_description support_address "
            "support_email support_phone support_url url"
        )
    )
    return {
        "id": ACCOUNT_ID,
        "object": "account",
        "business_profile": {**profile, "name": "Sandbox"},
        "business_type": "company",
        "capabilities": {"card_payments": "active", "transfers": "active"},
        "charges_enabled": True,
        "country": store.country,
        "default_currency": "eur",
        "details_submitted": True,
        "email": "shop@example.com",
        "metadata": {},
        "payouts_enabled": True,
        "type": "standard",
    }


def balance(store: Store) -> Obj:
    """Return what is available in each currency that money has moved in."""
    sums = {one["currency"]: 0 for one in store.balance_transactions.values()} or {"eur": 0}
    for one in store.balance_transactions.values():
        sums[one["currency"]] += one["net"]
    amounts = {**sums, **store.limits}
    available = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(amounts.items())
    ]
    pending = [{"amount": 0, "currency": one["currency"]} for one in available]
    return {"object": "balance", "available": available, "livemode": False, "pending": pending}


def transaction(store: Store, identifier: str) -> Obj:
    """Return a movement of the balance."""
    return store.find(store.balance_transactions, identifier, "balance transaction", "id")


def event(store: Store, identifier: str) -> Obj:
    """Return an event of the last 30 days."""
    found = store.find(store.events, identifier, "event", "id")
    if found["created"] < store.now() - _REACH:
        return store.find({}, identifier, "event", "id")
    return found


def events(store: Store, params: Obj) -> Obj:
    """Return one page of events, newest first; ``type`` may end in ``*``."""
    if "type" in params and "types" in params:
        message = "You may only specify one of these parameters: type, types."
        raise StripeError(message, param="type")
    types: list[str] = params.get("types", [params["type"]] if "type" in params else [])
    wanted: bool | None = params.get("delivery_success")
    oldest = store.now() - _REACH

    def keep(one: Obj) -> bool:
        if one["created"] < oldest or not (not types or any(map(_matcher(one["type"]), types))):
            return False
        return wanted is None or store.delivered(one["id"]) == wanted

    return page(store.events.values(), params, "/v1/events", keep)


def _matcher(kind: str) -> Callable[[str], bool]:
    def fits(pattern: str) -> bool:
        return kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern

    return fits
