"""Which addresses Telegram accepts in links and buttons."""

from urllib.parse import urlsplit

from sandbox.telegram.fields import FieldError

PLAIN_SCHEMES = frozenset({"http", "https"})
APP_SCHEMES = frozenset({"tg", "ton", "tonsite"})


def checked_link(url: str) -> str:
    """Give the address in full, or raise FieldError with the server's reason."""
    url = url.strip()
    scheme, separator, _ = url.partition("://")
    if separator and scheme.lower() in APP_SCHEMES:
        return url
    if separator and scheme.lower() not in PLAIN_SCHEMES:
        raise FieldError("Unsupported URL protocol")
    whole = url if separator else f"http://{url}"
    try:
        host = urlsplit(whole).hostname or ""
    except ValueError:
        raise FieldError("Wrong HTTP URL") from None
    if not host:
        raise FieldError("URL host is empty")
    if "." not in host.strip(".") or " " in url:
        raise FieldError("Wrong HTTP URL")
    return whole if urlsplit(whole).path else f"{whole}/"


def checked_web_app(url: str) -> str:
    """Give the address of a Mini App: https only."""
    if not url.startswith("https://"):
        raise FieldError("Only HTTPS links are allowed")
    return checked_link(url)
