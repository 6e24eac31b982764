"""Checks of single configuration values; each raises ValueError with words for the operator."""

import base64
import re
import unicodedata
from importlib.util import find_spec
from ipaddress import ip_network
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import SecretStr

from bot.currencies import CHARGEABLE
from handlers.words import translated

SEALING_KEY_BYTES: Final = 32
MOST_TIPS: Final = 6


def web_address(value: str) -> str:
    """Accept an http(s) address or nothing."""
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError("must be an address beginning with https:// or http://")
    return value


def plain_origin(value: str) -> str:
    """Accept scheme, host and port; return them without a slash at the end."""
    value = web_address(value).rstrip("/")
    parts = urlsplit(value)
    if not value or parts.path or parts.query or parts.fragment or parts.username:
        raise ValueError("must be scheme and host alone, like https://book.example.com")
    if parts.hostname == "localhost":
        raise ValueError("Telegram refuses buttons to localhost: write 127.0.0.1")
    return value


def database_address(value: SecretStr) -> SecretStr:
    """Accept an address whose parts can be told apart."""
    try:
        _ = urlsplit(value.get_secret_value()).port
    except ValueError:
        raise ValueError("has no number as its port; in a password, write / as %2F") from None
    return value


def timezone(value: str) -> str:
    """Accept a name of the IANA time zone database."""
    if value not in available_timezones():
        raise ValueError("is no IANA time zone, like Europe/Berlin")
    return value


def network(value: str) -> str:
    """Accept an address, or a network of them, of the internet protocol."""
    try:
        ip_network(value)
    except ValueError:
        raise ValueError("is no network, like 127.0.0.1/32 or 10.0.0.0/8") from None
    return value


def known_currency(value: str) -> str:
    """Accept a currency Stripe can charge; return it in upper case."""
    if value.upper() not in CHARGEABLE:
        raise ValueError("is no currency Stripe knows, like EUR")
    return value.upper()


def spoken_languages(values: tuple[str, ...]) -> tuple[str, ...]:
    """Accept languages that have texts, each once."""
    unknown = [value for value in values if value not in translated()]
    if unknown:
        there = ", ".join(sorted(translated()))
        raise ValueError(f"no texts in {', '.join(unknown)}; there are: {there}")
    if len(set(values)) < len(values):
        raise ValueError("names a language twice")
    return values


def offered_tips(values: tuple[int, ...]) -> tuple[int, ...]:
    """Accept as many tips as fit a summary, each once."""
    if len(values) > MOST_TIPS:
        raise ValueError(f"offers more than {MOST_TIPS} tips")
    if len(set(values)) < len(values):
        raise ValueError("offers a tip twice")
    return values


def support_address(value: str) -> str:
    """Accept a @username, an address, an e-mail address or nothing."""
    if not re.fullmatch(r"|@\w{4,32}|https?://\S+|[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError("must be a @username, an https:// address or an e-mail address")
    return value


def sendable(value: SecretStr) -> SecretStr:
    """Accept the address of a Sentry when the package that speaks to it is there."""
    if value.get_secret_value() and find_spec("sentry_sdk") is None:
        raise ValueError("needs a package: pip install 'booking-bot[sentry]'")
    return value


def sealing_key(value: SecretStr) -> SecretStr:
    """Accept 32 bytes in base64, or nothing."""
    text = value.get_secret_value()
    try:
        right = not text or len(base64.b64decode(text, validate=True)) == SEALING_KEY_BYTES
    except ValueError:  # binascii.Error is one
        right = False
    if not right:
        raise ValueError("must be 32 bytes in base64: openssl rand -base64 32")
    return value


def one_line(text: str) -> str:
    """Accept a text without control characters: it stands in headings and subject lines."""
    if any(unicodedata.category(sign) == "Cc" for sign in text):
        raise ValueError("has characters that cannot be printed")
    return text
