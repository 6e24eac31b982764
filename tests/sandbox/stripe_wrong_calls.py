"""Wrong calls of every method but creating a session, as in ``stripe_wrong_sessions``.

``WRONG_CALLS`` is the whole table. ``{session}``, ``{paid}``, ``{charge}``, ``{intent}``,
``{refunded}``, ``{refund}``, ``{expired}`` stand for objects that the test has made.
"""

from tests.sandbox.stripe_wrong_sessions import (
    BAD,
    GONE,
    INTEGER,
    MISSING,
    UNKNOWN,
    WRONG_SESSIONS,
)

REFUND = ("POST", "/v1/refunds")
HOOK = ("POST", "/v1/webhook_endpoints")

WRONG_CALLS = {
    **WRONG_SESSIONS,
    "a session that does not exist": (
        "GET", "/v1/checkout/sessions/cs_test_no", {}, 404, BAD, GONE, "session",
    ),
    "expiring what has expired": (
        "POST", "/v1/checkout/sessions/{expired}/expire", {}, 400, BAD, None, None,
    ),
    "expiring what is paid": (
        "POST", "/v1/checkout/sessions/{paid}/expire", {}, 400, BAD, None, None,
    ),
    "extending a session": (
        "POST", "/v1/checkout/sessions/{session}", {"expires_at": "1"}, 400, BAD, UNKNOWN,
        "expires_at",
    ),
    "a list by metadata": (
        "GET", "/v1/checkout/sessions", {"metadata[a]": "b"}, 400, BAD, UNKNOWN, "metadata",
    ),
    "a list by an unknown status": (
        "GET", "/v1/checkout/sessions", {"status": "paid"}, 400, BAD, None, "status",
    ),
    "a list of 101": (
        "GET", "/v1/checkout/sessions", {"limit": "101"}, 400, BAD, INTEGER, "limit",
    ),
    "a cursor that does not exist": (
        "GET", "/v1/refunds", {"starting_after": "re_no"}, 404, BAD, GONE, "starting_after",
    ),
    "an expansion of a list without data": (
        "GET", "/v1/refunds", {"expand[0]": "charge"}, 400, BAD, None, "expand",
    ),
    "a payment that does not exist": (
        "GET", "/v1/payment_intents/pi_no", {}, 404, BAD, GONE, "intent",
    ),
    "a charge that does not exist": ("GET", "/v1/charges/ch_no", {}, 404, BAD, GONE, "charge"),
    "an event that does not exist": ("GET", "/v1/events/evt_no", {}, 404, BAD, GONE, "id"),
    "21 event types": (
        "GET",
        "/v1/events",
        {f"types[{n}]": "charge.failed" for n in range(21)},
        400, BAD, None, "types",
    ),
    "a refund of nothing named": (*REFUND, {}, 400, BAD, MISSING, "payment_intent"),
    "a refund of two things": (
        *REFUND, {"charge": "{charge}", "payment_intent": "{intent}"}, 400, BAD, None, "charge",
    ),
    "a refund of a payment that does not exist": (
        *REFUND, {"payment_intent": "pi_no"}, 404, BAD, GONE, "payment_intent",
    ),
    "a refund greater than the charge": (
        *REFUND, {"payment_intent": "{intent}", "amount": "5001"}, 400, BAD, None, "amount",
    ),
    "a refund of zero": (
        *REFUND, {"payment_intent": "{intent}", "amount": "0"}, 400, BAD, INTEGER, "amount",
    ),
    "a refund for an unknown reason": (
        *REFUND, {"payment_intent": "{intent}", "reason": "cancelled"}, 400, BAD, None, "reason",
    ),
    "a second full refund": (
        *REFUND, {"payment_intent": "{refunded}"}, 400, BAD, "charge_already_refunded", None,
    ),
    "canceling a refund that succeeded": (
        "POST", "/v1/refunds/{refund}/cancel", {}, 400, BAD, None, "refund",
    ),
    "an endpoint without events": (
        *HOOK, {"url": "https://a.example"}, 400, BAD, MISSING, "enabled_events",
    ),
    "an endpoint without an address": (
        *HOOK, {"enabled_events[0]": "*"}, 400, BAD, MISSING, "url",
    ),
    "an endpoint for an unknown event": (
        *HOOK, {"url": "https://a.example", "enabled_events[0]": "booking.paid"}, 400, BAD, None,
        "enabled_events[0]",
    ),
    "an unknown address": ("GET", "/v1/bookings", {}, 404, BAD, None, None),
    "an unknown verb": ("DELETE", "/v1/charges/ch_1", {}, 404, BAD, None, None),
}  # fmt: skip
