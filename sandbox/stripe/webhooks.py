"""Signed webhooks: sent at once, tried again by the clock, every attempt recorded."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Coroutine
from functools import partial

import aiohttp

from sandbox.stripe.endpoints import receivers
from sandbox.stripe.faults import Fault, take
from sandbox.stripe.store import Store
from sandbox.stripe.wire import Obj

# up to three days, as live Stripe does; the first ones short
RETRY_AFTER = (5, 30, 120, 600, 3600, 3 * 3600, 8 * 3600, 12 * 3600, 24 * 3600, 24 * 3600)
_TIMEOUT = aiohttp.ClientTimeout(total=20)
_DONE, _REDIRECT = 200, 300
REVERSE = "reverse"
BURST_SECONDS = 1.5
_BETWEEN_SECONDS = 5


def sign(payload: bytes, secrets: list[str], timestamp: int) -> str:
    """Return the ``Stripe-Signature`` header, one ``v1`` for each secret."""
    signed = f"{timestamp}.".encode() + payload
    sums = [hmac.new(one.encode(), signed, hashlib.sha256).hexdigest() for one in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={one}" for one in sums)])


class Webhooks:
    """The sender of events to the account's endpoints."""

    def __init__(self, store: Store, faults: list[Fault]) -> None:
        self._store = store
        self._faults = faults
        self._tasks: dict[asyncio.Task[None], str] = {}
        self._client: aiohttp.ClientSession | None = None
        self.arrived: dict[str, dict[str, bool]] = {}
        self._burst: list[Obj] | None = None
        self.attempts: dict[str, list[Obj]] = {}

    def send(self, event: Obj) -> None:
        """Send a new event to everyone who is to hear of it."""
        for endpoint in receivers(self._store, event["type"]):
            self.arrived.setdefault(event["id"], {})[endpoint["id"]] = False
            self._count_pending(event)
        if self._burst is None and take(self._faults, f"WEBHOOK {event['type']}", kind=REVERSE):
            self._burst = []
            self._start(self._send_backwards(), event["id"])
        if self._burst is None:
            self._send(event)
        else:
            self._burst.append(event)

    def _send(self, event: Obj) -> None:
        for endpoint in receivers(self._store, event["type"]):
            self._start(self._try(endpoint, event, 0), event["id"])

    async def _send_backwards(self) -> None:
        """Collect a burst of events, then send them one after the other, the newest first."""
        await asyncio.sleep(BURST_SECONDS)
        burst, self._burst = self._burst or [], None
        for event in reversed(burst):
            self._send(event)
            await self.answered(event["id"], _BETWEEN_SECONDS, besides=asyncio.current_task())

    def resend(self, event: Obj, times: int = 1) -> None:
        """Send an event so many times more, at once, without retries of its own."""
        for endpoint in receivers(self._store, event["type"]) * times:
            self.arrived.setdefault(event["id"], {}).setdefault(endpoint["id"], False)
            self._start(self._try(endpoint, event, len(RETRY_AFTER)), event["id"])

    def delivered(self, event_id: str) -> bool:
        """Tell whether every endpoint has accepted the event."""
        return all(self.arrived.get(event_id, {}).values())

    async def answered(
        self, event_id: str, seconds: float, *, besides: "asyncio.Task[None] | None" = None
    ) -> None:
        """Wait until the attempts now under way for an event have ended, or ``seconds``."""
        own = {task for task, owner in self._tasks.items() if owner == event_id}
        tasks = own - {besides}
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    async def idle(self) -> bool:
        """Wait for the attempts under way; tell whether there were none."""
        tasks = list(self._tasks)
        if tasks:
            await asyncio.wait(tasks)
        return not tasks

    async def close(self) -> None:
        """Stop sending."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client:
            await self._client.close()
            self._client = None

    def _start(self, attempt: Coroutine[None, None, None], event_id: str) -> None:
        task = asyncio.get_running_loop().create_task(attempt)
        self._tasks[task] = event_id
        task.add_done_callback(lambda done: self._tasks.pop(done, None) and None)

    async def _try(self, endpoint: Obj, event: Obj, number: int) -> None:
        fault = take(self._faults, f"WEBHOOK {event['type']}")
        kind = fault.kind if fault else ""
        if fault and fault.seconds:
            await asyncio.sleep(fault.seconds)
        status, error = (None, "dropped") if kind == "drop" else await self._post(endpoint, event)
        if kind == "twice":
            status, error = await self._post(endpoint, event)
        if kind == "lost":
            status, error = None, "the answer was lost"
        success = status is not None and _DONE <= status < _REDIRECT
        self._record(endpoint, event, status, error, success=success)
        if not success and number < len(RETRY_AFTER):
            self._store.later(RETRY_AFTER[number], partial(self._again, endpoint, event, number))

    def _again(self, endpoint: Obj, event: Obj, number: int) -> None:
        enabled = self._store.endpoints.get(endpoint["id"], {}).get("status") == "enabled"
        if enabled and not self.arrived[event["id"]].get(endpoint["id"]):
            self._start(self._try(endpoint, event, number + 1), event["id"])

    async def _post(self, endpoint: Obj, event: Obj) -> tuple[int | None, str]:
        if self._client is None:
            self._client = aiohttp.ClientSession(timeout=_TIMEOUT)
        payload = json.dumps(event, indent=2, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(
                payload, self._store.secrets[endpoint["id"]], self._store.now()
            ),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            async with self._client.post(
                endpoint["url"], data=payload, headers=headers, allow_redirects=False
            ) as answer:
                await answer.read()
                return answer.status, ""
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return None, repr(error)

    def _record(
        self, endpoint: Obj, event: Obj, status: int | None, error: str, *, success: bool
    ) -> None:
        tries = self.attempts.setdefault(event["id"], [])
        tries.append(
            {
                "endpoint": endpoint["id"],
                "url": endpoint["url"],
                "at": self._store.clock(),
                "status": status,
                "success": success,
                "error": error,
            }
        )
        if success:
            self.arrived[event["id"]][endpoint["id"]] = True
            self._count_pending(event)

    def _count_pending(self, event: Obj) -> None:
        waiting = [ok for ok in self.arrived[event["id"]].values() if not ok]
        event["pending_webhooks"] = len(waiting)
