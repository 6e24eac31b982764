"""The log: structlog for everybody, libraries included, with secrets blotted out at the end."""

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from functools import partial
from io import StringIO
from types import TracebackType
from typing import Final, Literal, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, ExcInfo, Processor

from db.trace import current

BLOT: Final = "[secret]"
SHAPES: Final = re.compile(
    r"\d{6,}:[A-Za-z0-9_-]{30,}"  # bot tokens
    r"|(?:sk|rk)_(?:test|live)_\w+|whsec_[\w+/=-]+"  # Stripe's keys
    r"|(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"  # user:password of an address
    r"|(?<=_secret_)\w+|(?<=/c/pay/)[^\s\"'<>]+"  # what opens a payment
    r"|(?i:(?<=bearer )|(?<=tma ))[\w.~+/=%&-]{8,}"
    # cards, typed in a chat; the many places of a number behind its point are none
    r"|(?<!\d\.)\b(?:\d{4}[ -]?){3}\d{4}\b|\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b"
)
LOUD: Final = (
    *("httpx", "httpcore", "stripe", "telegram", "asyncpg", "tortoise", "aiosqlite"),
    "asyncio",
)
"""Libraries whose INFO prints addresses with tokens or bodies with names, or nothing of use."""
MUTE: Final = ("aiohttp.server", "telegram.request.BaseRequest", "asyncpg.pool")
"""Whoever sends what is no HTTP, or no JSON, gives us no traceback; our own lines tell of both.

So they do of a pool that cannot connect."""
SHORTEST: Final = 4


class Redaction:
    """Blot out known secrets, and whatever is shaped like one."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        longest_first = sorted({s for s in secrets if len(s) >= SHORTEST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, text: str) -> str:
        """Return the text without secrets."""
        return SHAPES.sub(BLOT, self._known.sub(BLOT, text))


class _Formatter(ProcessorFormatter):
    """Render a record, then redact the finished line: tracebacks and arguments included."""

    def __init__(self, redaction: Redaction, processors: list[Processor]) -> None:
        super().__init__(processors=processors, foreign_pre_chain=_chain())
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        return self._redaction(super().format(record))


def _traced(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Say which tap and which booking a line belongs to; lines that know better keep theirs."""
    trace = current()
    if trace:
        line.setdefault("trace", trace.id)
        if trace.booking:
            line.setdefault("booking", trace.booking)
    return line


def _visible(_logger: object, _method: str, line: EventDict) -> EventDict:
    """Show what is hidden in a text: nobody writes a line of ours, or turns it around."""
    for name, value in line.items():
        if (
            isinstance(value, str)
            and not value.isprintable()
            and name not in {"stack", "exception"}
        ):
            line[name] = shown(value)
    return line


def shown(text: str) -> str:
    """Return a text with what cannot be seen written out, as Python would."""
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape", "replace").decode()
        for sign in text
    )


def _chain() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        _traced,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def configure(
    *,
    level: str = "info",
    style: Literal["console", "json"] = "console",
    secrets: Iterable[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log line, of this program and of its libraries, through one redacting handler."""
    colours = (stream or sys.stderr).isatty()
    last: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if style == "json"
        else [
            _visible,
            structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=_indented),
        ]
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    strip = ProcessorFormatter.remove_processors_meta
    redaction = Redaction(secrets)
    handler.setFormatter(_Formatter(redaction, [strip, *last]))
    sys.excepthook = partial(_show_uncaught, redaction)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in MUTE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_chain(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger; `bind_contextvars` adds update, event and booking to its lines."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(name)
    return logger


def _show_uncaught(
    redaction: Redaction,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """Write what a command ended with as Python would, but for the secrets in it."""
    sys.stderr.write(redaction("".join(traceback.format_exception(kind, error, trace))))


def _indented(stream: TextIO, error: ExcInfo) -> None:
    """Write a traceback whose lines cannot be taken for lines of the log."""
    told = StringIO()
    structlog.dev.plain_traceback(told, error)
    stream.write("".join(f"\n  {shown(line)}" for line in told.getvalue().strip().split("\n")))
