"""The pages of the shop's own web server, as a browser gets them."""

import aiohttp
import pytest

from db import installation
from tests.journeys.conftest import CATALOG, running_shop
from tests.journeys.test_conversation import ADA, to_summary

PICTURE = b"\x89PNG\r\n\x1a\n and so on"


async def get(shop, path, **headers):
    async with aiohttp.ClientSession() as http:
        answer = await http.get(shop.bot.url + path, headers=headers, allow_redirects=False)
        return answer.status, await answer.read(), answer.headers


async def test_the_picture_of_a_service_is_its_link_preview(tmp_path, database_url):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/haircut.png").write_bytes(PICTURE)
    catalog = CATALOG.replace("duration = 45", 'duration = 45\nphoto = "photos/haircut.png"')
    async with running_shop(tmp_path, database_url, catalog=catalog) as shop:
        await installation.put(installation.CATALOG_FOLDER, str(tmp_path))
        status, body, headers = await get(shop, "/photos/haircut")
        assert (status, body, headers["Content-Type"]) == (200, PICTURE, "image/png")
        assert (await get(shop, "/photos/colour"))[0] == 404
        await shop.says(ADA, "/start svc_haircut")
        shown = [call for call in shop.telegram.calls if call.method.lower() == "sendmessage"]
        assert "/photos/haircut" in str(shown[-1].params["link_preview_options"])


async def test_health_and_readiness_are_told(shop):
    assert (await get(shop, "/healthz"))[0] == 200
    status, body, _ = await get(shop, "/readyz")
    assert status == 200
    assert b"telegram" in body


async def test_pages_are_hardened_and_name_nobody(shop):
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    session = shop.sessions()[0]
    status, body, headers = await get(shop, f"/booking/success?session_id={session['id']}")
    page = body.decode()
    assert status == 200
    assert "Haircut" in page
    assert "Ada" not in page
    assert "+49" not in page
    assert "script" not in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_the_cancel_page_charges_and_changes_nothing(shop):
    await to_summary(shop)
    await shop.taps(ADA, "^Confirm")
    path = shop.sessions()[0]["cancel_url"].removeprefix(shop.bot.url)
    status, body, _ = await get(shop, path)
    assert status == 200
    assert b"/c/pay/" in body
    assert (await get(shop, path[:-3] + "abc"))[0] in {400, 404}
    assert [row["status"] for row in await shop.exported("bookings")] == ["awaiting_payment"]


@pytest.mark.parametrize("number", ["cs_test_nobody_knows", "", "../../x", "cs_' OR 1=1"])
async def test_a_session_nobody_knows_is_answered_without_stripe(shop, number):
    shop.fails(".*", "500")
    status, _, _ = await get(shop, f"/booking/success?session_id={number}")
    assert status in {200, 404}
