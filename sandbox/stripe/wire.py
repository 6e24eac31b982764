"""What goes over the wire: JSON objects and Stripe's error body."""

from typing import Any

Obj = dict[str, Any]  # a Stripe resource as JSON; its shape is checked by the tests

DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """Refuse a request with Stripe's error body.

    ``began`` tells that the request was valid and execution had begun, so the answer is kept under
    its idempotency key.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        param: str = "",
        status: int = 400,
        kind: str = "invalid_request_error",
        began: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.status = status
        self.kind = kind
        self.began = began

    def body(self) -> Obj:
        """Return the JSON answer."""
        error: Obj = {"message": self.message, "type": self.kind}
        if self.code:
            error |= {"code": self.code, "doc_url": DOCS + self.code.replace("_", "-")}
        if self.param:
            error["param"] = self.param
        return {"error": error}


def missing(what: str, identifier: str, param: str) -> StripeError:
    """Return the 404 for an object that does not exist."""
    message = f"No such {what}: '{identifier}'"
    return StripeError(message, code="resource_missing", param=param, status=404)


def unknown(param: str) -> StripeError:
    """Return the 400 for a parameter that the method does not have."""
    return StripeError(
        f"Received unknown parameter: {param}", code="parameter_unknown", param=param
    )


def required(param: str) -> StripeError:
    """Return the 400 for a parameter that must be given."""
    return StripeError(f"Missing required param: {param}.", code="parameter_missing", param=param)
