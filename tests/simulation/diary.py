"""What happened at Stripe and in Telegram, written down as it happens, from their side."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

REFERENCE = re.compile(r"BK-[0-9A-Z]{6}")
ISSUED = re.compile(r"has issued a refund of|ফেরত পাঠিয়েছে")
LOSING = frozenset({"lost", "cut", "timeout"})
SENDING = frozenset({"sendMessage", "sendDocument", "sendPhoto", "editMessageText"})
KEPT = 400


class Noticing(dict):
    """A table that tells of what is new in it."""

    def __init__(self, start, tell):
        super().__init__(start)
        self._tell = tell

    def __setitem__(self, key, value):
        if key not in self:
            self._tell(key)
        super().__setitem__(key, value)


@dataclass
class Seen:
    """What one customer's chat has shown of one booking."""

    mentioned_at: dict[int, float] = field(default_factory=dict)
    """When a chat read of it last."""
    receipts: Counter = field(default_factory=Counter)
    issued: Counter = field(default_factory=Counter)
    """How many refunds were said to be issued, by chat."""


class Diary:
    """The ledgers of the outside, made quick to look into."""

    def __init__(self, telegram, stripe):
        self.telegram, self.stripe = telegram, stripe
        self.sessions: list[str] = []
        """The newest sessions, oldest first."""
        self.by_hand: set[str] = set()
        """Sessions that the shop never asked for."""
        self.refunds: list[str] = []
        self.events: list[dict] = []
        self.updates: list[dict] = []
        self.paid_at: dict[str, float] = {}
        """When a payment intent succeeded."""
        self.refunded: dict[str, set] = defaultdict(set)
        """The refunds of a payment intent that succeeded at any time."""
        self.seen: dict[str, Seen] = defaultdict(Seen)
        self.lost: Counter = Counter()
        """How many answers may have been lost in a chat."""
        self._undelivered: dict[str, dict] = {}
        self.acknowledged: list[dict] = []
        self._left: dict[int, int] = {}
        store = stripe.store
        store.sessions = Noticing(store.sessions, self.sessions.append)
        store.refunds = Noticing(store.refunds, self.refunds.append)
        self._send, store.on_event = store.on_event, self._happened
        self._add, telegram.server.inbox.add = telegram.server.inbox.add, self._arrived

    def _happened(self, event) -> None:
        self._send(event)
        self.events.append(event)
        if event["id"] in self.stripe.webhooks.arrived:
            self._undelivered[event["id"]] = event
        about = event["data"]["object"]
        if event["type"] == "payment_intent.succeeded":
            self.paid_at[about["id"]] = self.stripe.store.clock()
        if about["object"] == "refund" and about["status"] == "succeeded":
            self.refunded[about["payment_intent"]].add(about["id"])

    def _arrived(self, kind, body, queue) -> int:
        number = self._add(kind, body, queue)
        if number:
            self.updates.append({"update_id": number, kind: body})
        return number

    def undelivered(self) -> list[dict]:
        """List the events that the bot has not accepted yet."""
        for identifier in list(self._undelivered):
            if self.stripe.webhooks.delivered(identifier):
                self.acknowledged.append(self._undelivered.pop(identifier))
        return list(self._undelivered.values())

    def plan(self, *, match: str, kind: str, times: int) -> None:
        """Plan a fault of Telegram."""
        fault = self.telegram.faults.add(match=match, kind=kind, times=times)
        self._left[id(fault)] = times

    def read(self) -> list[tuple[str, str]]:
        """Take down what the chats have shown since the last time; gives who read of what."""
        fresh = []
        server = self.telegram.server
        planned = self.telegram.faults.planned
        lossy = self._fired(planned)
        for call in server.calls:
            if call.method not in SENDING or call.error or not isinstance(call.result, dict):
                continue
            chat = call.result["chat"]["id"]
            self.lost[chat] += lossy
            fresh += [(chat, one) for one in self._note(chat, call.method, call.result)]
        server.calls.clear()
        planned[:] = [one for one in planned if one.times > 0]
        return fresh

    def _fired(self, planned) -> int:
        """Count the answers that were lost since the last time."""
        losing = {id(one): one.times for one in planned if one.name in LOSING}
        fired = sum(self._left.get(key, times) - times for key, times in losing.items())
        self._left = losing
        return fired

    def _note(self, chat: int, method: str, shown: dict) -> set[str]:
        text = shown.get("text") or shown.get("caption") or ""
        name = (shown.get("document") or {}).get("file_name", "")
        found = set(REFERENCE.findall(text + name))
        for reference in found:
            seen = self.seen[reference]
            seen.mentioned_at[chat] = self.stripe.store.clock()
            seen.issued[chat] += bool(ISSUED.search(text))
            kind = _receipt(method, shown, reference)
            if kind:
                seen.receipts[kind] += 1
        return found

    def forget(self) -> None:
        """Forget what is so old that no law asks about it any more."""
        server, webhooks, store = self.telegram.server, self.stripe.webhooks, self.stripe.store
        for chat in list(server._messages):
            said = server._messages[chat]
            for number in list(said)[:-60]:
                del said[number]
            server._lines[chat] = server._lines.get(chat, [])[-60:]
        for table in (server.presses, server.files):
            for key in list(table)[:-50]:
                del table[key]
        for event in self.events[:-KEPT]:
            if event["id"] not in self._undelivered:
                store.events.pop(event["id"], None)
                webhooks.attempts.pop(event["id"], None)
                webhooks.arrived.pop(event["id"], None)
        del self.events[:-KEPT], self.updates[:-KEPT], self.sessions[:-KEPT]


def _receipt(method: str, shown: dict, reference: str) -> str:
    """Name the part of a receipt that a message is; "" when it is none."""
    if method == "editMessageText":
        return ""
    if "document" in shown:
        return "calendar" if shown["document"]["file_name"] == f"{reference}.ics" else ""
    if "photo" in shown:
        return "code"
    rows = shown.get("reply_markup", {}).get("inline_keyboard", [])
    copies = [
        button["copy_text"]["text"] for row in rows for button in row if "copy_text" in button
    ]
    return "text" if copies == [reference] else ""
