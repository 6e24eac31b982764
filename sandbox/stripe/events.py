"""Events: what happened, with the object as it was then."""

import copy

from sandbox.stripe.store import API_VERSION, Store
from sandbox.stripe.wire import Obj


def emit(store: Store, kind: str, subject: Obj, before: Obj | None = None) -> Obj:
    """Record that ``kind`` happened to ``subject`` and hand it to the webhooks.

    ``before`` holds the former values of what changed, for ``*.updated``.
    """
    data: Obj = {"object": copy.deepcopy(subject)}
    if before is not None:
        data["previous_attributes"] = before
    event: Obj = {
        "id": store.ids.new("evt_"),
        "object": "event",
        "api_version": API_VERSION,
        "created": store.now(),
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": dict(store.request),
        "type": kind,
    }
    store.events[event["id"]] = event
    store.on_event(event)
    return event
