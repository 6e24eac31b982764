"""How the bot receives: getUpdates and the setting of the webhook."""

import asyncio
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from sandbox.telegram.errors import bad_request, conflict, too_many_requests
from sandbox.telegram.params import Params
from sandbox.telegram.server import Server, Webhook
from sandbox.telegram.updates import Update

MAX_WAIT = 50
MAX_LIMIT = 100
MAX_CONNECTIONS = 100
MAX_SECRET = 256
REPEAT_SECONDS = 3.0
HASTY_SECONDS = 0.5
SECRET = re.compile(r"[A-Za-z0-9_-]*")
PORTS = frozenset({80, 88, 443, 8443})
LOOPBACK = frozenset({"127.0.0.1", "::1"})
ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
TERMINATED = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)


@dataclass(frozen=True)
class Described:
    """A result with the description that goes with it."""

    result: object
    description: str


@dataclass
class Poll:
    """The one long poll there may be, and when polls came before it."""

    offset: int = 0
    started: float = float("-inf")
    last_conflict: float = float("-inf")
    current: int = 0
    numbers: int = 0
    reasons: dict[int, str] = field(default_factory=dict)


def _terminate(server: Server, poll: Poll, reason: str) -> None:
    if poll.current:
        poll.reasons[poll.current] = reason
        poll.current = 0
        server.inbox.changed.notify()


async def get_updates(server: Server, poll: Poll, params: Params) -> object:
    """Give updates from an offset on, confirming all before it (getUpdates)."""
    if server.webhook.url:
        raise conflict(ACTIVE)
    _terminate(server, poll, TERMINATED)
    offset, now = params.integer("offset"), asyncio.get_running_loop().time()
    wait = min(max(params.integer("timeout"), 0), MAX_WAIT)
    limit = min(max(params.integer("limit", MAX_LIMIT), 1), MAX_LIMIT)
    if offset == poll.offset:
        # The server calms pollers that ask the same again at once (facts §1.3).
        since = now - poll.started
        wait = max(wait, int(REPEAT_SECONDS)) if since < REPEAT_SECONDS else wait
        limit = 1 if since < HASTY_SECONDS else limit
    poll.offset, poll.started = offset, now
    server.inbox.allow(params.json("allowed_updates", "allowed updates"))
    if offset:
        server.inbox.confirm_before(offset)
    waiting = await _wait(server, poll, now + wait)
    return [update.as_api() for update in waiting[:limit]]


async def _wait(server: Server, poll: Poll, until: float) -> list[Update]:
    loop = asyncio.get_running_loop()
    poll.numbers += 1
    number = poll.current = poll.numbers
    try:
        while not (waiting := server.inbox.alive()) and loop.time() < until:
            if number in poll.reasons or server.inbox.is_closing:
                break
            await server.inbox.changed.wait(until - loop.time())
        if number in poll.reasons:
            await _refuse(poll, poll.reasons.pop(number), loop.time())
        return waiting
    finally:
        if poll.current == number:
            poll.current = 0


async def _refuse(poll: Poll, reason: str, now: float) -> None:
    pause = poll.last_conflict + REPEAT_SECONDS - now
    poll.last_conflict = now
    if pause > 0:
        await asyncio.sleep(pause)
    raise conflict(reason)


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    # Loopback addresses may be plain http: the one way in which the sandbox is kinder.
    if parts.scheme == "http" and parts.hostname in LOOPBACK:
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def set_webhook(server: Server, poll: Poll, params: Params) -> object:
    """Have updates sent to an address; an empty one means polling (setWebhook)."""
    url, secret = params.text("url"), params.text("secret_token")
    if not url:
        return delete_webhook(server, params)
    _check_url(url)
    if len(secret) > MAX_SECRET:
        raise bad_request("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    connections = params.integer("max_connections", 40)
    connections = connections if 1 <= connections <= MAX_CONNECTIONS else 40
    old, now = server.webhook, server.clock()
    before = server.inbox.wanted
    server.inbox.allow(params.json("allowed_updates", "allowed updates"))
    same = (old.url, old.secret, old.max_connections) == (url, secret, connections)
    if same and before == server.inbox.wanted and not params.flag("drop_pending_updates"):
        return Described(result=True, description="Webhook is already set")
    if now - old.set_at < 1:
        raise too_many_requests(1)
    _drop(server, params)
    server.webhook = Webhook(url, secret, connections, set_at=now)
    _terminate(server, poll, "terminated by setWebhook request")
    server.inbox.changed.notify()
    return Described(result=True, description="Webhook was set")


def _drop(server: Server, params: Params) -> None:
    if params.flag("drop_pending_updates"):
        server.inbox.waiting.clear()


def delete_webhook(server: Server, params: Params) -> object:
    """Go back to polling (deleteWebhook)."""
    was = bool(server.webhook.url)
    server.webhook = Webhook(set_at=server.webhook.set_at)
    _drop(server, params)
    server.inbox.changed.notify()
    said = "Webhook was deleted" if was else "Webhook is already deleted"
    return Described(result=True, description=said)


def get_webhook_info(server: Server, _params: Params) -> object:
    """Describe the webhook (getWebhookInfo)."""
    hook = server.webhook
    info: dict[str, object] = {
        "url": hook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(server.inbox.alive()),
    }
    if hook.url:
        info["max_connections"] = hook.max_connections
        info["ip_address"] = "127.0.0.1"
    if hook.last_error:
        info["last_error_date"] = int(hook.last_error_at)
        info["last_error_message"] = hook.last_error
    if server.inbox.wanted:
        info["allowed_updates"] = sorted(server.inbox.wanted)
    return info
