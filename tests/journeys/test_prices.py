"""A tip, a coupon, a deposit and what is paid on site: through the whole product, to the cent."""

import re

import aiohttp
import pytest

from tests.journeys.conftest import CATALOG, running_shop
from tests.journeys.test_conversation import ADA, BELA

ADMIN = 9
SAVE = """
[[coupons]]
code = "SAVE20"
percent = 20
max_uses = 1
"""


@pytest.fixture
async def shop(tmp_path, database_url, monkeypatch):
    monkeypatch.setenv("BOOKING_BOT__SHOP__TIPS", "[5, 10]")
    async with running_shop(tmp_path, database_url, catalog=CATALOG + SAVE) as running:
        yield running


async def to_summary(shop, user, time):
    await shop.says(user, "/start svc_colour")
    await shop.walks(user, r"\b2\b", time)
    await shop.shares_phone(user)


async def booking_of(shop):
    return (await shop.exported("bookings"))[-1]


async def page(shop, session) -> str:
    address = f"{shop.bot.url}/booking/success?session_id={session['id']}"
    async with aiohttp.ClientSession() as client, client.get(address) as answer:
        return re.sub(r"<[^>]+>", " ", await answer.text())


async def test_deposit_coupon_and_tip_are_paid_booked_and_the_rest_on_site(shop):
    await shop.telegram.start(ADMIN)
    await to_summary(shop, ADA, "^11:00")
    await shop.taps(ADA, "^Coupon")
    await shop.says(ADA, "save20")
    await shop.taps(ADA, r"^Tip 10%: €9\.60$")
    await shop.taps(ADA, "^Confirm")
    assert shop.buttons(ADA)[0] == "Pay €39.60"
    (session,) = shop.sessions()
    assert session["amount_total"] == 3960
    assert [one["amount_total"] for one in session["line_items"]] == [3000, 960]
    assert "€39.60" in await page(shop, session)
    await shop.pays(session["id"])
    said = await page(shop, session)
    for shown in ("Paid", "€39.60", "Tip, included", "€9.60", "Due on site", "€66.00"):
        assert shown in said
    row = await booking_of(shop)
    assert row["status"] == "confirmed"
    asked = [row[f"{name}_minor"] for name in ("price", "discount", "due", "onsite", "paid")]
    assert asked == [12000, 2400, 3960, 6600, 3960]
    receipt = next(m["text"] for m in shop.telegram.chat(ADA) if "Receipt" in (m.get("text") or ""))
    for line in ("Price: €120.00", "Discount: −€24.00 (SAVE20)", "Tip: €9.60", "Paid: €39.60"):
        assert line in receipt
    await shop.says(ADMIN, f"/booking {row['reference']}")
    await shop.walks(ADMIN, "^Paid on site", r"^Yes, €66\.00 were paid on site")
    assert shop.reads(ADMIN, "Paid on site: €66.00")
    await shop.says(ADMIN, f"/refund {row['reference']}")
    assert "Give €39.60 back?" in shop.telegram.chat(ADMIN)[-1]["text"]
    actions = [entry["action"] for entry in await shop.exported("audit")]
    assert actions[-1] == "paid on site"


async def test_the_last_use_of_a_coupon_comes_back_when_nobody_pays(shop):
    await to_summary(shop, ADA, "^11:00")
    await shop.taps(ADA, "^Coupon")
    await shop.says(ADA, "SAVE20")
    await shop.taps(ADA, "^Confirm")
    await to_summary(shop, BELA, "^14:00")
    await shop.taps(BELA, "^Coupon")
    await shop.says(BELA, "SAVE20")
    assert shop.reads(BELA, "Coupon SAVE20 has been used as often as it may be")
    await shop.taps(ADA, "^Cancel booking")
    await shop.says(BELA, "SAVE20")
    await shop.taps(BELA, "^Confirm")
    assert (await booking_of(shop))["discount_minor"] == 2400
