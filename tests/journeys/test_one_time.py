"""A day with one time: the time is not asked for, stands on the day's button, and Back skips it."""

from tests.journeys.conftest import CATALOG

ADA = 71
ONE_A_DAY = CATALOG.replace('starts = ["18:00", "19:30"]', 'starts = ["18:00"]')


async def test_a_day_with_one_time_leads_straight_on_and_back_leads_to_the_days(shop):
    assert ONE_A_DAY != CATALOG
    await shop.imports(ONE_A_DAY)
    await shop.says(ADA, "/start svc_yoga")
    (day, *_) = shop.buttons(ADA)
    assert "18:00" in day
    await shop.taps(ADA, day.split(" ·")[0])
    assert not shop.reads(ADA, "What time?")
    assert [label for label in shop.buttons(ADA) if label.startswith("1")]
    await shop.taps(ADA, "^Back")
    assert shop.buttons(ADA)[0] == day


async def test_a_written_day_with_one_time_leads_straight_on_too(shop):
    await shop.imports(ONE_A_DAY)
    await shop.says(ADA, "/start svc_yoga")
    day = shop.buttons(ADA)[1].split(",")[0]
    await shop.says(ADA, day.removeprefix("Tomorrow "))
    assert not shop.reads(ADA, "What time?")
    await shop.taps(ADA, "^1")
    assert shop.reads(ADA, "18:00")
