"""A customer with a client of their own chooses what no keyboard of ours ever offered."""

import pytest

from handlers.keyboards import base36
from tests.engines import second_connection
from tests.journeys.conftest import CATALOG, running_shop
from tests.journeys.test_conversation import ADA, to_summary
from tests.journeys.test_late import paid_too_late
from tests.journeys.test_refund import ADMIN, yes_of

THURSDAY = r"\b3\b"

FAR = 253402297199  # the last hour but one of the year 9999, UTC
FORGED = [
    *(f"mon:{month}" for month in ("9999-12", "9999-11", "0001-01", "1000-01", "2026-13", "x", "")),
    *(f"day:{day}" for day in ("9999-12-31", "0001-01-01", "1000-06-06", "2026-02-30", "")),
    *(f"tim:{at}" for at in (FAR, FAR - 86400, -62135596800, -1, 0, 10**20, "x", "1e9")),
    *(f"sea:{seats}" for seats in (0, -3, 999, 10**30)),
    *(f"tip:{percent}" for percent in (-50, 101, 99999, "x")),
    *(f"pag:{page}" for page in (-1, 10**6, 10**30)),
    *(f"chg:{what}" for what in ("price", "q99", "q-1", "q", "summary")),
    *(f"ans:{number}" for number in (-1, 99, 10**30)),
    *(f"{verb}:nobody" for verb in ("svc", "stf", "sta", "bck", "cpn", "nop")),
]


@pytest.fixture
async def shop(tmp_path, database_url):
    async with running_shop(tmp_path, database_url) as running:
        yield running


STEPS = {
    "the services": (),
    "the staff": ("^Haircut",),
    "the days": ("^Haircut", "^Any"),
    "the times": ("^Haircut", "^Any", THURSDAY),
    "a question": ("^Haircut", "^Any", THURSDAY, "^11:00"),
    "the last look": None,
}


async def keyboard(shop, database_url) -> tuple[int, str, str]:
    """The message with the newest keyboard, and what its buttons name: a draft and its version."""
    message = next(m for m in reversed(shop.telegram.chat(ADA)) if m.get("reply_markup"))
    async with second_connection(database_url) as other:
        [draft] = await other.rows("SELECT id, version FROM draft ORDER BY id DESC LIMIT 1")
    return message["message_id"], base36(draft["id"]), base36(draft["version"])


async def failed(database_url) -> list[dict]:
    async with second_connection(database_url) as other:
        return await other.rows("SELECT kind, last_error FROM job WHERE last_error IS NOT NULL")


@pytest.mark.family("R21")
@pytest.mark.parametrize("step", STEPS)
async def test_what_no_keyboard_ever_offered_is_taken_by_no_step(
    shop, database_url, step, record_property
):
    if STEPS[step] is None:
        await to_summary(shop)
    else:
        await shop.says(ADA, "/start")
        await shop.walks(ADA, "^Book", *STEPS[step])
    for forged in FORGED:
        message, draft, version = await keyboard(shop, database_url)
        verb, _, arg = forged.partition(":")
        await shop.telegram.press(ADA, message, f"v1:{verb}:{draft}:{version}:{arg}")
        await shop.settle()
        assert await failed(database_url) == [], forged
    record_property("runs", len(FORGED))
    await shop.says(ADA, "/book")
    if "Start again" in shop.buttons(ADA):
        await shop.taps(ADA, "^Start again")
    await shop.walks(ADA, "^Haircut", "^Any", THURSDAY, "^11:00")
    assert shop.reads(ADA, "Anything we should know")


@pytest.mark.family("R21")
@pytest.mark.parametrize("start", [FAR, -62135596800, -1, 0, 10**15])
async def test_money_that_came_late_is_used_for_no_time_that_was_never_offered(
    shop, database_url, start
):
    await paid_too_late(shop)
    message, data = yes_of(shop, ADA)
    about, _, _ = data.rpartition(":")
    digits = base36(abs(start))
    await shop.telegram.press(ADA, message, f"{about}:{'-' if start < 0 else ''}{digits}")
    await shop.settle()
    assert await failed(database_url) == []
    assert (await shop.exported("bookings"))[0]["status"] == "expired"
    assert any(label.startswith("Give me") for label in shop.buttons(ADA))


@pytest.mark.family("R21")
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1000-06-06", "x"])
async def test_an_admin_asks_for_a_day_no_calendar_shows(shop, database_url, day):
    await shop.says(ADMIN, "/today")
    message = next(m for m in reversed(shop.telegram.chat(ADMIN)) if m.get("reply_markup"))
    await shop.telegram.press(ADMIN, message["message_id"], f"v1:date:-:-:{day}")
    await shop.says(ADMIN, f"/today {day}")
    assert await failed(database_url) == []


async def test_back_leads_out_of_a_service_the_shop_took_out_while_it_was_changed(
    shop, database_url
):
    await to_summary(shop)
    await shop.walks(ADA, "^Change", "^Service")
    await shop.imports(CATALOG.replace('"haircut"', '"trim"'))
    await shop.taps(ADA, "^Back")
    assert await failed(database_url) == []
    assert any(label.startswith("Book") for label in shop.buttons(ADA))
