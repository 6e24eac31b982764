"""A chat without Telegram: updates go through the real routes, answers are read from the jobs."""

import re
from itertools import count

from telegram import Update
from telegram.ext import Application, ExtBot

from db.job_rows import job_of
from db.transactions import rows
from handlers import notices
from handlers.context import DOOR, Visit, context_types
from handlers.routes import routes

ROUTES = routes()
MESSAGE = 500
DATE = 1_796_000_000


class NamedBot(ExtBot):
    @property
    def username(self):
        return "annabot"


BOT = NamedBot("1:x")
_builder = Application.builder().bot(BOT).updater(None).job_queue(None)
APPLICATION = _builder.context_types(context_types()).build()


class Chat:
    """One person's chat with the bot."""

    _updates = count(1000)

    def __init__(self, door, user=71, language="en", first_name="Zoë"):
        self.door, self.user, self.language = door, user, language
        self.first_name = first_name
        self.bot, self.application = BOT, APPLICATION
        self.buttons = []

    @property
    def person(self):
        return {
            "id": self.user,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language,
        }

    def _message(self, **parts):
        chat = {"id": self.user, "type": "private", "first_name": "Zoë"}
        return {"message_id": MESSAGE, "date": DATE, "chat": chat, "from": self.person, **parts}

    async def handle(self, **parts):
        """Send one update through the first route that fits; return what is shown then."""
        raw = {"update_id": parts.pop("update_id", None) or next(self._updates), **parts}
        update = Update.de_json(raw, self.bot)
        self.application.bot_data[DOOR] = self.door
        for route in ROUTES:
            check = route.check_update(update)
            if check is None or check is False:
                continue
            visit = Visit.from_update(update, self.application)
            route.collect_additional_context(visit, update, self.application, check)
            await route.callback(update, visit)
            break
        return await self.shown()

    async def says(self, text, **parts):
        entity = {"type": "bot_command", "offset": 0, "length": len(text.split()[0])}
        entities = [entity] if text.startswith("/") else []
        return await self.handle(message=self._message(text=text, entities=entities), **parts)

    async def shares(self, number, user_id):
        contact = {"phone_number": number, "first_name": "Z", "user_id": user_id}
        return await self.handle(message=self._message(contact=contact))

    async def taps(self, label):
        found = [button for button in self.buttons if re.search(label, button.text)]
        assert found, f"{label} is not among {[button.text for button in self.buttons]}"
        return await self.presses(found[0].data)

    async def presses(self, data, **parts):
        query = {
            "id": "1",
            "from": self.person,
            "chat_instance": "1",
            "data": data,
            "message": self._message(text="old"),
        }
        return await self.handle(callback_query=query, **parts)

    async def shown(self):
        """Return the newest message worded now, and remember its buttons."""
        newest = await rows("SELECT * FROM job WHERE kind = ? ORDER BY id DESC LIMIT 1", ["screen"])
        if not newest:
            return None
        (message,) = await notices.render(self.door, job_of(newest[0]))
        self.buttons = [button for row in message.rows for button in row]
        return message
