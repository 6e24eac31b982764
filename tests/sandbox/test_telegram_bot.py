"""The real python-telegram-bot talks to the sandbox."""

import pytest
from telegram import (
    BotCommand,
    BotCommandScopeChat,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from sandbox.telegram import TelegramSandbox
from tests.sandbox.telegram_client import PNG, listening
from tests.sandbox.telegram_schema import problems_of

pytestmark = [
    pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Deprecated since version v22.2"),  # RetryAfter itself
]
ICS = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
BIG_ID = 2**52 - 1


@pytest.fixture
def telegram():
    return TelegramSandbox()


@pytest.fixture
async def bot(telegram):
    async with listening(telegram.app) as base:
        ours = ExtBot(
            telegram.token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=HTTPXRequest(),
        )
        async with ours:
            yield ours
    assert problems_of(telegram.calls) == []


def buttons(*rows):
    return InlineKeyboardMarkup([[InlineKeyboardButton(**one) for one in row] for row in rows])


async def test_a_chat_reads_like_the_chat(bot, telegram):
    ada = telegram.person("Ada", phone="+4915123456789").id
    await telegram.say("Ada", "/book")
    sent = await bot.send_message(
        ada,
        "<b>What</b> would you like?\nSee <a href='https://shop.example/x'>prices</a>.",
        parse_mode="HTML",
        reply_markup=buttons(
            [{"text": "Haircut · 45 min", "callback_data": "v1:svc"}],
            [
                {"text": "Pay 10.00 €", "url": "https://pay.example/c"},
                {"text": "Back", "callback_data": "b", "style": "danger"},
            ],
        ),
    )
    await telegram.tap("Ada", "^Haircut")
    press = (await bot.get_updates(offset=-1))[0].callback_query
    assert press.data == "v1:svc"
    assert press.message.message_id == sent.message_id
    await press.answer("Chosen")
    await sent.edit_text(
        "When?\nToday", reply_markup=buttons([{"text": "10:00", "callback_data": "t"}])
    )
    await bot.send_document(ada, ICS, filename="booking.ics")
    await bot.send_photo(ada, PNG, caption="BK-7F3K9Q")
    await bot.send_message(
        ada,
        "Your number?",
        reply_markup=ReplyKeyboardMarkup(
            [[KeyboardButton("Share my number", request_contact=True)]], one_time_keyboard=True
        ),
    )
    await telegram.tap("Ada", "Share")
    await bot.send_message(ada, "Thanks", reply_markup=ReplyKeyboardRemove())
    await sent.delete()
    assert telegram.transcript("Ada").splitlines() == [
        "Ada: /book",
        "bot: What would you like?",
        "     See prices <https://shop.example/x>.",
        "     [Haircut · 45 min]",
        "     [Pay 10.00 € -> https://pay.example/c] [Back]",
        "Ada taps [Haircut · 45 min]",
        "bot answers: Chosen",
        "bot (edits): When?",
        "     Today",
        "     [10:00]",
        f"bot sends a document booking.ics ({len(ICS)} bytes)",
        "bot sends a photo: BK-7F3K9Q",
        "bot: Your number?",
        "     [Share my number]",
        "Ada shares their contact +4915123456789",
        "bot: Thanks",
        "     (the keyboard is gone)",
        "bot deletes a message",
    ]
    assert telegram.toasts("Ada") == ["Chosen"]


async def test_texts_keep_styles_and_dates_as_entities(bot, telegram):
    await telegram.say("Ada", "hi")
    source = (
        '😀 <i>at</i> <tg-time unix="1799000000" format="wDt">Mon 4 Jan</tg-time> '
        "<tg-spoiler>x</tg-spoiler>\n<blockquote expandable>q &amp; &#39;</blockquote>"
    )
    sent = await bot.send_message(telegram.person("Ada").id, source, parse_mode="HTML")
    assert sent.text == "😀 at Mon 4 Jan x\nq & '"
    kinds = {entity.type: (entity.offset, entity.length) for entity in sent.entities}
    assert kinds == {
        "italic": (3, 2),
        "date_time": (6, 9),
        "spoiler": (16, 1),
        "expandable_blockquote": (18, 5),
    }
    assert telegram.chat("Ada")[-1]["html"] == source.replace("&#39;", "'")


async def test_every_kind_of_extra_arrives(bot, telegram):
    ada = telegram.person("Ada").id
    await telegram.start("Ada", "svc_haircut")
    sent = await bot.send_message(
        ada,
        "x" * 4096,
        message_effect_id="5046509860389126442",
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(url="https://shop.example/a.jpg"),
        reply_to_message_id=telegram.chat("Ada")[0]["message_id"],
        reply_markup=buttons([{"text": "Copy", "copy_text": CopyTextButton("BK-7F3K9Q")}]),
    )
    assert sent.effect_id == "5046509860389126442"
    await bot.send_venue(ada, 52.5, 13.4, "Shop", "Street 1")
    await bot.send_chat_action(ada, "typing")
    await bot.pin_chat_message(ada, sent.message_id)
    await bot.unpin_chat_message(ada)
    assert (await telegram.tap("Ada", "Copy")).value == "BK-7F3K9Q"
    seen = telegram.chat("Ada")[1]
    assert seen["options"]["disable_notification"] is True
    assert seen["options"]["link_preview_options"] == {"url": "https://shop.example/a.jpg"}
    assert (await bot.get_chat(ada)).first_name == "Ada"


async def test_a_file_can_be_downloaded_and_sent_again_by_its_id(bot, telegram):
    await telegram.say(BIG_ID, "hi")
    first = await bot.send_document(BIG_ID, ICS, filename="booking.ics")
    file = await bot.get_file(first.document.file_id)
    assert bytes(await file.download_as_bytearray()) == ICS
    again = await bot.send_document(BIG_ID, first.document.file_id)
    assert again.document.file_name == "booking.ics"
    assert telegram.chat(BIG_ID)[-1]["data"] == ICS


async def test_the_bot_describes_itself_by_scope_and_language(bot, telegram):
    ada = telegram.person("Ada").id
    english, admin = [BotCommand("book", "Book")], [BotCommand("today", "Today")]
    await bot.set_my_commands(english, language_code="en")
    await bot.set_my_commands(admin, scope=BotCommandScopeChat(ada))
    assert await bot.get_my_commands(language_code="en") == tuple(english)
    assert await bot.get_my_commands(scope=BotCommandScopeChat(ada)) == tuple(admin)
    assert await bot.get_my_commands() == ()
    await bot.delete_my_commands(language_code="en")
    assert await bot.get_my_commands(language_code="en") == ()
    await bot.set_my_description("Book here", language_code="bn")
    await bot.set_my_short_description("Books")
    await bot.set_my_name("Shop")
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await bot.get_my_description("bn")).description == "Book here"
    assert (await bot.get_me()).first_name == "Shop"


async def test_errors_reach_the_library_as_its_own(bot, telegram):
    ada = telegram.person("Ada").id
    with pytest.raises(Forbidden, match="can't initiate"):
        await bot.send_message(ada, "hello")
    await telegram.say("Ada", "hi")
    sent = await bot.send_message(ada, "hello")
    with pytest.raises(BadRequest, match="not modified"):
        await sent.edit_text("hello")
    await telegram.block("Ada")
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(ada, "hello")
    kinds = [update.my_chat_member for update in await bot.get_updates() if update.my_chat_member]
    assert [kind.new_chat_member.status for kind in kinds] == ["kicked"]
    await telegram.start("Ada")
    telegram.faults.add(match="sendMessage", kind="429:7")
    with pytest.raises(RetryAfter) as flood:
        await bot.send_message(ada, "hello")
    assert flood.value.retry_after == 7
    assert (await bot.send_message(ada, "hello")).text == "hello"


async def test_polling_while_a_webhook_is_set_is_a_conflict(bot):
    await bot.set_webhook("https://shop.example/hook", secret_token="s")
    with pytest.raises(Conflict):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).url == "https://shop.example/hook"
    await bot.delete_webhook()
    assert await bot.get_updates() == ()


async def test_a_wrong_token_is_refused(telegram):
    async with listening(telegram.app) as base:
        for token in ("123456:" + "x" * 35, "nonsense"):
            stranger = ExtBot(token, base_url=f"{base}/bot")
            with pytest.raises(InvalidToken):
                await stranger.initialize()
            await stranger.shutdown()
