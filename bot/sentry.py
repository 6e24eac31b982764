"""Errors told to a Sentry: where in the code they arose and under which trace, nothing else.

What an error says may hold a name or a token, so its words stay in our own log, which the trace and
the report number lead to.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from bot import __version__
from db.trace import current

if TYPE_CHECKING:
    from sentry_sdk import Client
    from sentry_sdk.types import Event, Hint

CLOSE_SECONDS: Final = 2.0
KEPT: Final = frozenset(
    {"event_id", "exception", "level", "logger", "message", "platform", "release", "sdk", "tags"}
    | {"server_name", "timestamp", "environment"}
)
"""The parts of an event that may leave; people and their words are in the others."""
TAGS: Final = ("kind", "report", "work", "trace", "booking")
FRAME: Final = frozenset({"abs_path", "context_line", "filename", "function", "lineno", "module"})
OWN: Final = ("sentry_sdk", "urllib3")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


@asynccontextmanager
async def reporting(dsn: str) -> AsyncIterator[None]:
    """Send errors of the log to a DSN as long as it is open; "" sends nothing."""
    if not dsn:
        yield
        return
    client = connect(dsn)
    handler = Reporter(client)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
        await asyncio.to_thread(client.close, CLOSE_SECONDS)


def connect(dsn: str) -> "Client":
    """Return a client of our own, which looks at nothing by itself."""
    from sentry_sdk import Client

    return Client(
        dsn,
        release=f"booking-bot@{__version__}",
        before_send=scrubbed,
        default_integrations=False,
        auto_enabling_integrations=False,
        auto_session_tracking=False,
        include_local_variables=False,
        max_breadcrumbs=0,
        send_client_reports=False,
        enable_backpressure_handling=False,
    )


def scrubbed(event: "Event", _hint: "Hint") -> "Event":
    """Keep what cannot name anybody: types of errors, places in the code, and our tags."""
    kept: Any = {name: part for name, part in event.items() if name in KEPT}
    errors = (kept.get("exception") or {}).get("values") or []
    kept["exception"] = {"values": [_without_words(error) for error in errors]}
    kept["tags"] = {name: kept.get("tags", {}).get(name) for name in TAGS}
    scrub: Event = kept
    return scrub


def _without_words(error: Mapping[str, Any]) -> dict[str, Any]:
    frames = (error.get("stacktrace") or {}).get("frames") or []
    places = [{name: frame[name] for name in FRAME if name in frame} for frame in frames]
    return {
        "type": error.get("type"),
        "module": error.get("module"),
        "stacktrace": {"frames": places},
    }


class Reporter(logging.Handler):
    """Send each line of level ERROR, as it was written in the code: without its arguments."""

    def __init__(self, client: "Client") -> None:
        super().__init__(logging.ERROR)
        self._client = client

    def emit(self, record: logging.LogRecord) -> None:
        """Send one line; a Sentry that is away costs nobody anything."""
        if record.name.startswith(OWN):
            return
        with suppress(Exception):
            self._client.capture_event(self._event(record))

    def _event(self, record: logging.LogRecord) -> "Event":
        from sentry_sdk.utils import event_from_exception

        line: Mapping[str, Any] = record.msg if isinstance(record.msg, dict) else {}
        raised = _raised(line.get("exc_info") or record.exc_info)
        event: Event = {}
        if raised is not None:
            event, _ = event_from_exception(raised, client_options=self._client.options)
        event["level"] = "error"
        event["logger"] = record.name
        event["message"] = str(line.get("event", record.msg))
        trace = current()
        known = {"trace": trace.id, "booking": trace.booking} if trace else {}
        event["tags"] = {name: str(value) for name, value in {**known, **line}.items()}
        return event


def _raised(given: object) -> ExcInfo | None:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    found = given if isinstance(given, tuple) else sys.exc_info() if given else (None, None, None)
    kind, error, trace = found
    return None if kind is None or error is None else (kind, error, trace)
