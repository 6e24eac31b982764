"""Every answer Telegram can give a message, and what becomes of the message then."""

import asyncio
from datetime import UTC, datetime

import pytest

from booking.errors import Unavailable
from bot.bot_api import BotApi
from bot.chat_memory import live_message
from bot.pace import Pace
from bot.sender import Answers, Blocked, OutcomeUnknown, Sender
from bot.telegram_request import Transport
from bot.work import GiveUp, Later
from db.models import Customer
from handlers.outgoing import Button, Outgoing, ReplyButton
from tests.process import sandbox

ADA = 77
BUTTONS = ((Button("Book", data="v1:bk:::"),),)


class Line:
    def __init__(self, world, sender, api):
        self.world, self.telegram, self.sender, self.api = world, world.telegram, sender, api

    def chat(self):
        return [m for m in self.telegram.chat(ADA) if m["from"] == "bot"]

    def fault(self, match, kind, times=1):
        self.telegram.faults.add(match=match, kind=kind, times=times)

    async def send(self, text="Hello", **more):
        await self.sender.deliver(Outgoing(chat_id=ADA, text=text, **more))
        return self.chat()[-1]["message_id"]


@pytest.fixture
async def line(database):
    async with sandbox() as world, Transport() as transport:
        api = BotApi(transport, token=world.telegram.token, api_url=world.telegram_url)
        await world.telegram.start(ADA)
        await Customer.create(telegram_id=ADA, created_at=datetime(2026, 11, 23, tzinfo=UTC))
        yield Line(world, Sender(api, Pace(1000)), api)


async def test_a_message_arrives_as_it_was_written(line):
    await line.send("<b>Hello</b>", rows=BUTTONS)
    (message,) = line.chat()
    assert message["text"] == "Hello"
    assert message["entities"][0]["type"] == "bold"
    assert message["reply_markup"]["inline_keyboard"][0][0]["text"] == "Book"


async def test_every_kind_of_message_is_accepted(line):
    await line.send(reply_rows=((ReplyButton("Share my number", contact=True),),))
    await line.send("Gone", remove_keyboard=True, silent=True)
    await line.send(link_preview="https://example.com/photo.jpg")
    await line.send("", document=("booking.ics", b"BEGIN:VCALENDAR"), caption="Calendar")
    await line.send("", photo=b"\x89PNG\r\n\x1a\n" + bytes(40), caption="QR")
    every = Button("Link", url="https://example.com"), Button("Copy", copy="BK-1")
    await line.send(rows=(every,))
    assert len(line.chat()) == 6


async def test_an_edit_changes_the_message_in_place(line):
    number = await line.send(rows=BUTTONS)
    await line.send("Changed", mode="edit", message_id=number)
    (message,) = line.chat()
    assert message["text"] == "Changed"
    assert not message["inline_keyboard"]


async def test_an_edit_that_changes_nothing_is_done(line):
    number = await line.send()
    await line.send(mode="edit", message_id=number)
    assert len(line.chat()) == 1


async def test_what_cannot_be_edited_is_sent_anew(line):
    await line.send("New", mode="edit", message_id=4711)
    assert [message["text"] for message in line.chat()] == ["New"]


async def test_the_live_message_moves_and_the_old_one_loses_its_buttons(line):
    first = await line.send("First", rows=BUTTONS, live=True)
    assert await live_message(ADA) == first
    second = await line.send("Second", rows=BUTTONS, live=True)
    assert await live_message(ADA) == second
    assert [bool(message["inline_keyboard"]) for message in line.chat()] == [False, True]


async def test_a_flood_is_waited_out_exactly_as_long_as_asked(line):
    line.fault("sendMessage", "429:7")
    with pytest.raises(Later) as asked:
        await line.send()
    assert asked.value.seconds == 7


@pytest.mark.parametrize("kind", ["500", "502"])
async def test_a_server_error_is_tried_again_later(line, kind):
    line.fault("sendMessage", kind)
    with pytest.raises(Unavailable):
        await line.send()
    await line.send()
    assert len(line.chat()) == 1


async def test_whoever_blocked_the_bot_cannot_be_reached(line):
    await line.telegram.block(ADA)
    with pytest.raises(Blocked):
        await line.send()


async def test_a_chat_that_never_was_cannot_be_reached(line):
    with pytest.raises(Blocked):
        await line.sender.deliver(Outgoing(chat_id=999, text="Hello"))


async def test_a_lost_answer_to_a_new_message_is_unknown(line):
    line.fault("sendMessage", "lost")
    with pytest.raises(OutcomeUnknown):
        await line.send()


@pytest.mark.parametrize("kind", ["lost", "cut"])
async def test_a_lost_answer_to_an_edit_is_simply_repeated(line, kind):
    number = await line.send()
    line.fault("editMessageText", kind)
    with pytest.raises(Unavailable):
        await line.send("Changed", mode="edit", message_id=number)
    await line.send("Changed", mode="edit", message_id=number)
    assert line.chat()[0]["text"] == "Changed"


async def test_nothing_was_sent_when_nobody_listens(database):
    async with Transport() as transport:
        api = BotApi(transport, token="1:x", api_url="http://127.0.0.1:9")
        with pytest.raises(Unavailable):
            await Sender(api, Pace(1000)).deliver(Outgoing(chat_id=ADA, text="Hello"))


async def test_a_message_telegram_never_takes_is_given_up(line):
    with pytest.raises(GiveUp, match="400"):
        await line.send("<b>not closed")


async def test_one_chat_gets_a_burst_and_then_one_message_a_second():
    pace, loop = Pace(25), asyncio.get_running_loop()
    began = loop.time()
    for _ in range(5):
        await pace.wait(ADA)
    assert loop.time() - began < 0.5
    await pace.wait(ADA)
    assert 0.5 < loop.time() - began < 2


async def test_all_chats_together_keep_to_the_limit():
    pace, loop = Pace(20), asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(pace.wait(chat) for chat in range(30)))
    assert 1.2 < loop.time() - began < 4


async def test_a_press_is_answered_and_a_late_answer_harms_nobody(line):
    number = await line.send(rows=BUTTONS)
    query = await line.telegram.press(ADA, number, "v1:bk:::")
    answers = Answers(line.api)
    await answers.answer(query, "Old menu")
    await answers.answer("no such query", None)
    assert line.telegram.toasts(ADA) == ["Old menu"]
