"""Webhook endpoints: made, changed, rolled."""

from functools import partial

from sandbox.stripe.paging import page
from sandbox.stripe.sessions import merge_metadata
from sandbox.stripe.store import API_VERSION, Store
from sandbox.stripe.wire import Obj, StripeError

_MOST = 16


def add(store: Store, params: Obj, secret: str) -> Obj:
    """Make an endpoint whose secret is ``secret``."""
    if len(store.endpoints) >= _MOST:
        raise StripeError(f"You have reached the maximum of {_MOST} test webhook endpoints.")
    if not params["enabled_events"]:
        raise StripeError("`enabled_events` must not be empty.", param="enabled_events")
    endpoint: Obj = {
        "id": store.ids.new("we_1"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": None,
        "created": store.now(),
        "description": params.get("description") or None,
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "status": "enabled",
        "url": params["url"],
    }
    store.endpoints[endpoint["id"]] = endpoint
    store.secrets[endpoint["id"]] = [secret]
    return endpoint


def create(store: Store, params: Obj) -> Obj:
    """Make an endpoint with a new secret, which is shown this once."""
    secret = store.ids.new("whsec_", 32)
    version = params.get("api_version", API_VERSION)
    if version != API_VERSION:
        raise StripeError(f"Invalid API version: {version}", param="api_version")
    return add(store, params, secret) | {"secret": secret}


def retrieve(store: Store, identifier: str) -> Obj:
    """Return an endpoint."""
    return store.find(store.endpoints, identifier, "webhook endpoint", "webhook_endpoint")


def listed(store: Store, params: Obj) -> Obj:
    """Return one page of endpoints, newest first."""
    return page(store.endpoints.values(), params, "/v1/webhook_endpoints")


def update(store: Store, identifier: str, params: Obj) -> Obj:
    """Change address, events, description, or switch it off and on."""
    endpoint = retrieve(store, identifier)
    if params.get("enabled_events") == []:
        raise StripeError("`enabled_events` must not be empty.", param="enabled_events")
    changed = ("url", "enabled_events", "description")
    endpoint |= {name: params[name] for name in changed if name in params}
    if "disabled" in params:
        endpoint["status"] = "disabled" if params["disabled"] else "enabled"
    merge_metadata(endpoint, params)
    return endpoint


def delete(store: Store, identifier: str) -> Obj:
    """Remove an endpoint."""
    retrieve(store, identifier)
    del store.endpoints[identifier]
    return {"id": identifier, "object": "webhook_endpoint", "deleted": True}


def roll(store: Store, identifier: str, *, overlap: float = 24 * 3600) -> str:
    """Return a new secret; the old ones sign too for ``overlap`` seconds of the clock."""
    secrets = store.secrets[retrieve(store, identifier)["id"]]
    old, fresh = list(secrets), store.ids.new("whsec_", 32)
    secrets.append(fresh)
    if overlap:
        store.later(overlap, partial(_retire, secrets, old))
    else:
        _retire(secrets, old)
    return fresh


def _retire(secrets: list[str], old: list[str]) -> None:
    secrets[:] = [one for one in secrets if one not in old]


def receivers(store: Store, kind: str) -> list[Obj]:
    """Return the endpoints that are to hear of an event type."""
    return [
        one
        for one in store.endpoints.values()
        if one["status"] == "enabled" and {"*", kind} & set(one["enabled_events"])
    ]
