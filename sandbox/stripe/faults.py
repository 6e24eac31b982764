"""Planned faults: what goes wrong, on which requests, how many times."""

import re
from dataclasses import dataclass

from sandbox.stripe.wire import StripeError

_KINDS = re.compile(
    r"^(400|401|402|403|404|409|429(:\d+)?|500|500:stored|502|502:html|html|reused|timeout|silent"
    r"|cut|lost|drop|twice|reverse|slow:\d+(\.\d+)?)$"
)
_INVALID = "invalid_request_error"
_NO_RIGHT = (
    "The provided key does not have the required permissions for this endpoint. Having the "
    "'rak_webhook_write' permission would allow this request to continue."
)
_REUSED = (
    "Keys for idempotent requests can only be used with the same parameters they were first used "
    "with."
)
_REFUSALS = {
    "400": (400, _INVALID, "parameter_invalid", "Invalid request."),
    "401": (401, _INVALID, "", "Invalid API Key provided: sk_test_************"),
    "402": (402, "card_error", "card_declined", "Your card was declined."),
    "403": (403, _INVALID, "", _NO_RIGHT),
    "404": (404, _INVALID, "resource_missing", "No such object."),
    "409": (409, _INVALID, "lock_timeout", "This object cannot be accessed now."),
    "429": (429, _INVALID, "rate_limit", "Request rate limit exceeded."),
    "500": (500, "api_error", "", "An unknown error occurred"),
    "502": (502, "api_error", "", "Bad gateway"),
    "reused": (400, "idempotency_error", "", _REUSED),
}


@dataclass
class Fault:
    """Say what goes wrong with requests whose ``METHOD /v1/…`` matches, ``times`` times.

    ``kind``: ``400``, ``401`` (a wrong key), ``402`` (declined), ``403`` (a restricted key),
    ``404``, ``409``, ``429``, ``429:<seconds>`` (with Retry-After), ``500``, ``502``, ``502:html``
    (a proxy's page), ``reused`` (the key was used with other parameters): nothing was done;
    ``500:stored`` (begun, then failed: the answer is kept under the idempotency key),
    ``timeout`` (hangs, nothing done), ``silent`` (done, and hangs),
    ``cut`` (done, the body breaks off), ``lost`` (done, the connection drops), ``slow:<seconds>``,
    ``html`` (200 and not JSON). Webhooks match as ``WEBHOOK <event type>`` and know ``drop`` (not
    sent), ``lost`` (received, counted as failed), ``twice``, ``slow:<seconds>`` and ``reverse``
    (it and what comes with it arrive in the opposite order).
    """

    match: str
    kind: str
    times: int = 1

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist."""
        if not _KINDS.match(self.kind):
            raise ValueError(f"no such kind of fault: {self.kind}")
        re.compile(self.match)

    @property
    def seconds(self) -> float:
        """Return how long a ``slow`` fault takes, else 0."""
        name, _, number = self.kind.partition(":")
        return float(number) if name == "slow" else 0.0

    @property
    def retry_after(self) -> str:
        """Return the seconds a ``429`` asks to wait, "" when it does not say."""
        name, _, number = self.kind.partition(":")
        return number if name == "429" else ""

    def refusal(self) -> StripeError | None:
        """Return the error answered in the place of doing anything, if the kind is one."""
        found = _REFUSALS.get(self.kind.partition(":")[0] if self.retry_after else self.kind)
        if found is None:
            return None
        status, kind, code, message = found
        return StripeError(message, code=code, status=status, kind=kind)


def take(faults: list[Fault], line: str, *, kind: str = "") -> Fault | None:
    """Use up one turn of the first fault due for this request, if there is one.

    With a `kind`, only of that kind: when the first that is due is another, nothing is used up.
    """
    for fault in faults:
        if fault.times > 0 and re.search(fault.match, line):
            if kind and fault.kind != kind:
                return None
            fault.times -= 1
            if fault.times == 0:
                faults.remove(fault)
            return fault
    return None
