"""Real updates made wrong, the same way for the same seed."""

import copy
import json
import random

ODD = (
    None,
    True,
    0,
    -1,
    2**31,
    2**63,
    -(2**70),
    1.5,
    float("nan"),
    float("inf"),
    "",
    "0",
    "x" * 5000,
    "😀" * 3000,
    "\u202e\u200b\x00\x1f",
    "\ud800",
    "%s{}{0}<b>&",
    [],
    [None],
    [[]],
    {},
    {"id": {}},
    [{"type": "bot_command", "offset": -5, "length": 10**9}],
)
# fmt: off
KINDS = (
    "message", "edited_message", "channel_post", "callback_query", "inline_query", "poll",
    "my_chat_member", "chat_member", "business_message", "purchased_paid_media", "nonsense"
)
PARTS = (
    "photo", "sticker", "voice", "location", "contact", "poll", "reply_to_message", "entities",
    "caption", "dice", "venue", "successful_payment", "new_chat_members", "left_chat_member",
    "forward_origin", "web_app_data", "game", "reply_markup", "via_bot", "passport_data",
    "date", "message_thread_id", "sender_chat", "from", "chat"
)
VERBS = (
    "home", "book", "list", "lang", "help", "fgt", "cont", "svc", "stf", "day", "tim", "cfm",
    "cxl", "paid", "use", "look", "rfd", "rvw", "sxl"
)
# fmt: on
DEEP = 400


class Mutator:
    """Draws wrong updates from right ones."""

    def __init__(self, bases: list[dict], seed: int):
        self._bases, self._dice = bases, random.Random(seed)
        self._ways = (
            (self._swap, 6),
            (self._drop, 4),
            (self._add, 2),
            (self._rename, 2),
            (self._tamper, 4),
            (self._nest, 1),
            (self._strange_id, 2),
            (self._replace, 1),
        )

    def draw(self, update_id: int) -> object:
        """Return one wrong update; most have the given id."""
        update = copy.deepcopy(self._dice.choice(self._bases))
        update["update_id"] = update_id
        ways, weights = zip(*self._ways, strict=True)
        for way in self._dice.choices(ways, weights, k=self._dice.choice((1, 1, 1, 2, 3))):
            if isinstance(update, dict):
                update = way(update)
        return update

    def _places(self, node, found=None):
        found = [] if found is None else found
        items = node.items() if isinstance(node, dict) else enumerate(node)
        for key, value in items:
            found.append((node, key))
            if isinstance(value, dict | list) and value:
                self._places(value, found)
        return found

    def _place(self, update):
        places = [one for one in self._places(update) if one[1] != "update_id"]
        return self._dice.choice(places or [(update, "message")])

    def _swap(self, update):
        holder, key = self._place(update)
        holder[key] = copy.deepcopy(self._dice.choice(ODD))
        return update

    def _drop(self, update):
        holder, key = self._place(update)
        holder.pop(key, None) if isinstance(holder, dict) else holder.pop()
        return update

    def _add(self, update):
        holder, _ = self._place(update)
        if isinstance(holder, dict):
            holder[self._dice.choice(PARTS)] = copy.deepcopy(self._dice.choice(ODD))
        return update

    def _rename(self, update):
        kind = next((name for name in update if name != "update_id"), None)
        if kind:
            update[self._dice.choice(KINDS)] = update.pop(kind)
        return update

    def _tamper(self, update):
        press = update.get("callback_query")
        if isinstance(press, dict):
            verb = self._dice.choice(VERBS)
            ref = self._dice.choice(("-", "1", "zz", "BK-000000", "-1", "z" * 40, "৭", "BK-\x00"))
            version = self._dice.choice(("-", "1", "0", "zzzzzzzzzzzzzz", "-7", ""))
            arg = self._dice.choice(("", "yes", "2026-12-02", "haircut", "9" * 30, "a:b:c", "\x00"))
            press["data"] = f"{self._dice.choice(('v1', 'v1', 'v0'))}:{verb}:{ref}:{version}:{arg}"
        return update

    def _nest(self, update):
        holder, key = self._place(update)
        deep = "end"
        for _ in range(DEEP):
            deep = self._dice.choice(({"a": deep}, [deep]))
        holder[key] = deep
        return update

    def _strange_id(self, update):
        wrong = self._dice.choice((0, -1, -(10**12), 10**15, 2**63 - 1, 2**64, 999_999_999))
        places = [one for one in self._places(update) if one[1] == "id"]
        if places:
            holder, key = self._dice.choice(places)
            holder[key] = wrong
        return update

    def _replace(self, update):
        return copy.deepcopy(self._dice.choice(ODD))


def written(update: object) -> bytes:
    """Write an update as JSON, or as what is nearly JSON."""
    return json.dumps(update).encode()
