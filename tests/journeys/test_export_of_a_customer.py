"""A customer asks for everything that is known about them, and gets it as a file."""

import json

import pytest

from tests.journeys.test_conversation import ADA, BELA
from tests.journeys.test_forget import begins
from tests.journeys.test_retention import books_as_quetzalina


def files(shop, user) -> list[dict]:
    sent = [m["document"] for m in shop.telegram.chat(user) if m.get("document")]
    return [one for one in sent if one["file_name"] == "my-data.json"]


async def asks(shop, user) -> dict:
    await shop.says(user, "/privacy")
    await shop.taps(user, "^Get my data")
    await shop.settle()
    return json.loads(shop.telegram.server.files[files(shop, user)[-1]["file_id"]].upload.data)


@pytest.mark.family("R25")
async def test_the_file_holds_what_somebody_told_booked_and_paid_and_nothing_of_others(shop):
    await books_as_quetzalina(shop)
    shop.telegram.person(BELA, first_name="Bela", language_code="en")
    await shop.says(BELA, "/start")
    told = await asks(shop, ADA)
    assert told["customer"]["telegram_id"] == ADA
    assert told["customer"]["name"] == "Quetzalina"
    [booking] = told["bookings"]
    assert booking["told_by_you"]["answers"] == {"notes": "Allergic to quinoa"}
    assert [one["amount_minor"] for one in booking["payments"]] == [5000]
    assert "Bela" not in json.dumps(told)
    assert (await asks(shop, BELA))["bookings"] == []


@pytest.mark.family("R25")
async def test_what_was_only_begun_is_in_it_and_after_forget_nothing_is(shop):
    await begins(shop)
    told = await asks(shop, ADA)
    assert "Allergic to quinoa" in json.dumps(told["begun"])
    await shop.says(ADA, "/forget")
    await shop.taps(ADA, "^Yes")
    await shop.time_passes(61)
    told = await asks(shop, ADA)
    assert (told["begun"], told["customer"]["phone"]) == ([], None)


@pytest.mark.family("R25")
async def test_however_often_it_is_asked_for_it_is_sent_once_a_minute(shop):
    await shop.says(ADA, "/privacy")
    for _ in range(5):
        await shop.taps(ADA, "^Get my data")
    await shop.settle()
    assert len(files(shop, ADA)) == 1
