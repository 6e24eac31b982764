"""A Bot API that does nothing but answer, and thumbs that press its buttons."""

import asyncio
import itertools
import json
import re
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

TOKEN = "123456:bench-token-of-thirty-five-characters"
ME = {"id": 123456, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
PATIENCE = 30.0
Json = dict[str, Any]


@dataclass
class Chat:
    """One person: the newest keyboard they see, and what they wait for."""

    id: int
    keyboard: list[Json] = field(default_factory=list)
    shown: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def button(self, label: str) -> str:
        """Return the data of the button with this label."""
        found = (b["callback_data"] for b in self.keyboard if re.search(label, b["text"]))
        return str(next(found))


class LocalBotApi:
    """Answer every method at once; deliver updates by webhook when `hook` is set, else by poll."""

    def __init__(self) -> None:
        self.chats: dict[int, Chat] = {}
        self.hook = ""
        self.secret = ""
        self.queue: asyncio.Queue[Json] = asyncio.Queue()
        self.numbers = itertools.count(1)
        self.app = web.Application()
        self.app.router.add_route("*", "/bot{token}/{method}", self.call)
        self.http: aiohttp.ClientSession | None = None

    async def call(self, request: web.Request) -> web.Response:
        """Answer one call."""
        method = request.match_info["method"]
        if request.content_type == "application/json":
            params: Json = await request.json()
        else:
            params = dict(await request.post())
        answer = {"getMe": ME}.get(method) or await self.result(method, params)
        return web.json_response({"ok": True, "result": answer})

    async def result(self, method: str, params: Json) -> object:
        """Do what little a method does."""
        if method == "getUpdates":
            return await self.updates(float(params.get("timeout", 0)))
        if method == "setWebhook":
            self.hook, self.secret = params["url"], params.get("secret_token", "")
        if method == "answerCallbackQuery":
            self.chats[int(params["callback_query_id"].split(":")[0])].answered.set()
        if method in {"sendMessage", "editMessageText"}:
            return self.show(params)
        return True

    def show(self, params: Json) -> Json:
        """Remember the keyboard of a message."""
        chat = self.chats[int(params["chat_id"])]
        markup = params.get("reply_markup") or {}
        markup = json.loads(markup) if isinstance(markup, str) else markup
        chat.keyboard = [b for row in markup.get("inline_keyboard", []) for b in row]
        chat.shown.set()
        place = {"id": chat.id, "type": "private"}
        return {"message_id": 1, "date": int(time.time()), "chat": place, "text": "…"}

    async def updates(self, seconds: float) -> list[Json]:
        """Give what waits, as a long poll."""
        try:
            first = await asyncio.wait_for(self.queue.get(), seconds or 0.01)
        except TimeoutError:
            return []
        found = [first]
        while not self.queue.empty() and len(found) < 100:
            found.append(self.queue.get_nowait())
        return found

    async def deliver(self, update: Json) -> None:
        """Bring an update to the bot."""
        if not self.hook:
            await self.queue.put(update)
            return
        assert self.http is not None
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret}
        async with self.http.post(self.hook, json=update, headers=headers) as answer:
            assert answer.status == 200, answer.status

    async def say(self, chat: Chat, text: str) -> None:
        """Write something and wait for the screen."""
        chat.shown.clear()
        message = self.message(chat) | {"text": text}
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        await self.deliver({"update_id": next(self.numbers), "message": message})
        await asyncio.wait_for(chat.shown.wait(), PATIENCE)

    async def press(self, chat: Chat, label: str) -> float:
        """Press a button; return the seconds until it is answered and the screen edited."""
        chat.shown.clear()
        chat.answered.clear()
        number = next(self.numbers)
        markup = {"inline_keyboard": [[b] for b in chat.keyboard]}
        query = {
            "id": f"{chat.id}:{number}",
            "from": self.person(chat),
            "chat_instance": "1",
            "message": self.message(chat) | {"text": "…", "reply_markup": markup},
            "data": chat.button(label),
        }
        began = time.perf_counter()
        await self.deliver({"update_id": number, "callback_query": query})
        await asyncio.wait_for(chat.shown.wait(), PATIENCE)
        await asyncio.wait_for(chat.answered.wait(), PATIENCE)
        return time.perf_counter() - began

    def person(self, chat: Chat) -> Json:
        """Return who presses."""
        return {"id": chat.id, "is_bot": False, "first_name": "Ada", "language_code": "en"}

    def message(self, chat: Chat) -> Json:
        """Return the frame of a message."""
        place = {"id": chat.id, "type": "private", "first_name": "Ada"}
        frame = {"message_id": 1, "date": int(time.time()), "chat": place}
        return frame | {"from": self.person(chat)}
