"""The errors Telegram answers with, in its own words."""


class ApiError(Exception):
    """Carry one error answer: code, description and, for floods, the seconds to wait."""

    def __init__(self, code: int, description: str, retry_after: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after

    def body(self) -> dict[str, object]:
        """Give the JSON body of the answer."""
        body: dict[str, object] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.retry_after:
            body["parameters"] = {"retry_after": self.retry_after}
        return body


class SandboxError(Exception):
    """Say that a person of the sandbox was asked to do what no person could do."""


def bad_request(text: str) -> ApiError:
    """Make a 400; the first letter is lowered unless the word is a code (as the server does)."""
    if text[1:2].islower() or text[1:2] in {" ", "'"}:
        text = text[:1].lower() + text[1:]
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """Make a 403."""
    return ApiError(403, f"Forbidden: {text}")


def conflict(text: str) -> ApiError:
    """Make a 409."""
    return ApiError(409, f"Conflict: {text}")


def too_many_requests(seconds: int) -> ApiError:
    """Make a 429 that asks to wait for so many seconds."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
