import pytest
from aiogram.utils.web_app import safe_parse_webapp_init_data

from sandbox.telegram import SandboxError, TelegramSandbox, id_of
from tests.sandbox.telegram_client import talking


@pytest.fixture
def telegram():
    return TelegramSandbox()


@pytest.fixture
async def client(telegram):
    async with talking(telegram) as client:
        yield client


def keyboard(*labels):
    return {"inline_keyboard": [[{"text": label, "callback_data": label} for label in labels]]}


async def test_a_name_has_the_same_id_in_every_run(telegram):
    assert telegram.person("Ada").id == id_of("ada") == TelegramSandbox().person("Ada").id
    assert telegram.person(42).first_name == "User 42"
    assert telegram.person("42") is telegram.person(42)


async def test_a_tap_finds_the_newest_keyboard_and_a_press_reaches_old_ones(telegram, client):
    await telegram.say(7, "hi")
    old = await client.ok(
        "sendMessage", chat_id=7, text="old", reply_markup=keyboard("Pay", "Back")
    )
    await client.ok("sendMessage", chat_id=7, text="new", reply_markup=keyboard("Confirm", "Back"))
    with pytest.raises(
        SandboxError, match=r"no button matches 'Pay'; there are \['Confirm', 'Back'\]"
    ):
        await telegram.tap(7, "Pay")
    assert (await telegram.tap(7, "^Con")).value == "Confirm"
    assert (await telegram.tap(7, "Pay", message_id=old["message_id"])).value == "Pay"
    await telegram.press(7, old["message_id"], "Pay")
    presses = [u["callback_query"] for u in await client.ok("getUpdates") if "callback_query" in u]
    assert [press["message"]["text"] for press in presses] == ["new", "old", "old"]


async def test_a_reply_keyboard_stays_until_it_is_removed(telegram, client):
    await telegram.say(7, "hi")
    rows = {"keyboard": [["Skip"], [{"text": "Share", "request_contact": True}]]}
    await client.ok("sendMessage", chat_id=7, text="Who?", reply_markup=rows)
    await client.ok("sendMessage", chat_id=7, text="More", reply_markup=keyboard("Back"))
    assert (await telegram.tap(7, "Skip")).kind == "text"
    assert (await telegram.tap(7, "Share")).kind == "contact"
    await client.ok("sendMessage", chat_id=7, text="ok", reply_markup={"remove_keyboard": True})
    with pytest.raises(SandboxError, match="Back"):
        await telegram.tap(7, "Skip")


async def test_a_contact_is_ones_own_or_that_of_somebody_else(telegram, client):
    await telegram.share_contact("Ada", phone="+4915112345678")
    await telegram.share_contact("Ada", of="Bob", phone="+442071838750")
    shared = [u["message"]["contact"] for u in await client.ok("getUpdates")]
    assert [contact["user_id"] for contact in shared] == [id_of("Ada"), id_of("Bob")]
    assert telegram.transcript("Ada").splitlines() == [
        "Ada shares their contact +4915112345678",
        "Ada shares somebody else's contact +442071838750",
    ]


async def test_a_person_who_blocked_the_bot_cannot_write_to_it(telegram):
    await telegram.start("Ada", "book")
    await telegram.block("Ada")
    with pytest.raises(SandboxError, match="unblock first"):
        await telegram.say("Ada", "hi")
    await telegram.start("Ada")
    assert telegram.transcript("Ada").splitlines() == [
        "Ada: /start book",
        "Ada blocks the bot",
        "Ada unblocks the bot",
        "Ada: /start",
    ]


async def test_people_speak_their_languages_and_write_in_groups(telegram, client):
    telegram.person("Ratna", language_code="bn", username="ratna", first_name="রত্না")
    telegram.group(-55, "Admins")
    await telegram.say("Ratna", "/today", chat=-55)
    message = (await client.ok("getUpdates"))[0]["message"]
    assert message["from"]["language_code"] == "bn"
    assert message["chat"] == {"id": -55, "type": "group", "title": "Admins"}
    assert telegram.transcript(-55) == "রত্না: /today"


def test_launch_data_of_a_mini_app_is_signed_with_the_bots_token(telegram):
    telegram.person("Ada", language_code="bn")
    data = telegram.launch_data("Ada", start_param="book")
    opened = safe_parse_webapp_init_data(telegram.token, data)
    assert (opened.user.id, opened.user.language_code) == (id_of("Ada"), "bn")
    assert opened.start_param == "book"
    with pytest.raises(ValueError, match="Invalid"):
        safe_parse_webapp_init_data(telegram.token, data.replace("book", "look"))
