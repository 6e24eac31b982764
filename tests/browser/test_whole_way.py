"""The first minutes of a newcomer: book, pay, be confirmed, lose a race, as seen in a browser."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.conftest import PATIENCE

CARD = "4242424242424242"
PAID = "Your booking is confirmed"


async def pay(window):
    """Pay on the Checkout page as a person does: click the test card, then the button."""
    await window.get_by_text("4242 4242 4242 4242").first.click()
    await window.locator("form button[type=submit]").last.click()


async def test_a_newcomer_books_pays_and_finds_the_way_back(visitor):
    await expect(visitor.phone("Ada")).to_be_visible(timeout=PATIENCE)
    await visitor.picture("start")
    await visitor.shows("Ada")
    await visitor.phone("Ada").get_by_role("button", name="Start").click()
    await visitor.reads("Ada", "Book a time")
    await visitor.picture("welcome")
    await visitor.taps("Ada", "^Book")
    await visitor.reads("Ada", "What would you like to book")
    await visitor.picture("service")
    await visitor.taps("Ada", "^Haircut", "^Any")
    await visitor.reads("Ada", "Which day")
    await visitor.picture("day")
    await visitor.taps("Ada", " free")
    await visitor.reads("Ada", "What time")
    await visitor.picture("time")
    await visitor.taps("Ada", r"^\d\d:\d\d", "^Share my number")
    await visitor.reads("Ada", "check your booking")
    await visitor.picture("summary")
    await visitor.taps("Ada", "^Confirm")
    await expect(visitor.button("Ada", "^Pay")).to_be_visible(timeout=PATIENCE)
    await visitor.picture("pay")

    window = await visitor.opens("Ada", "^Pay")
    await expect(window.get_by_role("timer")).to_be_visible()
    await visitor.picture("checkout", window)
    await pay(window)
    await expect(window).to_have_url(re.compile("/booking/success"), timeout=PATIENCE)
    await visitor.picture("success", window)

    await visitor.reads("Ada", "Receipt")
    await expect(visitor.phone("Ada").get_by_text(re.compile(r"BK-\w{6}\.ics"))).to_be_visible()
    await expect(visitor.phone("Ada").locator(".photo").last).to_be_visible()
    await visitor.picture("receipt")
    await visitor.reads("Nora", "Haircut")
    await visitor.picture("admin")
    await visitor.shows("Stripe")
    await expect(visitor.page.get_by_text("Succeeded").first).to_be_visible(timeout=PATIENCE)
    await visitor.picture("panel")

    async with window.expect_event("close"):
        await window.get_by_role("link", name=re.compile("chat")).click()
    await visitor.reads("Ada", "start b_BK-")
    await visitor.reads("Ada", PAID)


@pytest.mark.slow
async def test_money_is_given_back_in_the_panel_and_its_events_are_seen(guest):
    await guest.reaches_confirm("Ada")
    await guest.taps("Ada", "^Confirm")
    await pay(await guest.opens("Ada", "^Pay"))
    await guest.shows("Stripe")
    await guest.page.get_by_role("button", name="Refund", exact=True).click()
    await guest.page.get_by_role("tab", name=re.compile("Refunds")).click()
    panel = guest.page.get_by_role("tabpanel")
    await expect(panel.get_by_text("Succeeded").first).to_be_visible(timeout=PATIENCE)
    await guest.page.get_by_role("tab", name=re.compile("Events")).click()
    await expect(panel.get_by_text("refund.created")).to_be_visible(timeout=PATIENCE)
    await guest.picture("events")


@pytest.mark.slow
async def test_the_card_of_a_dispute_leads_to_its_payment_on_the_same_page(guest):
    await guest.reaches_confirm("Ada")
    await guest.taps("Ada", "^Confirm")
    await pay(await guest.opens("Ada", "^Pay"))
    await guest.shows("Stripe")
    await guest.page.get_by_role("button", name="Dispute", exact=True).click()
    await guest.page.get_by_role("tab", name=re.compile("Events")).click()
    windows = len(guest.page.context.pages)
    await guest.taps("Nora", "^Open in Stripe")
    row = guest.page.locator(".pointed")
    await expect(row).to_be_in_viewport()
    await expect(row).to_contain_text("Dispute over")
    assert len(guest.page.context.pages) == windows


@pytest.mark.slow
async def test_money_comes_too_late_and_twice_and_who_paid_is_known_after_a_reload(guest):
    await guest.reaches_confirm("Ada")
    await guest.taps("Ada", "^Confirm")
    await expect(guest.button("Ada", "^Pay")).to_be_visible(timeout=PATIENCE)
    await guest.page.get_by_role("button", name=re.compile(r"^\+1 ?h")).click()
    await guest.shows("Stripe")
    await guest.page.get_by_role("button", name="Pay after all").click()
    await guest.reads("Ada", "the time was still free")
    await guest.shows("Stripe")
    await guest.page.get_by_role("button", name="Pay a second time").click()
    await guest.reads("Ada", "had been paid already")
    await guest.page.reload()
    await guest.shows("Stripe")
    rows = guest.page.get_by_role("tabpanel").locator("details")
    await expect(rows).to_contain_text(["Ada · Haircut", "Ada · Haircut"])


@pytest.mark.slow
async def test_a_debit_that_fails_later_reads_as_failed_and_the_clock_is_not_cut(guest):
    await guest.reaches_confirm("Ada")
    await guest.taps("Ada", "^Confirm")
    await expect(guest.button("Ada", "^Pay")).to_be_visible(timeout=PATIENCE)
    await guest.shows("Stripe")
    card = guest.page.get_by_label("Test card", exact=True)
    await card.select_option(label="SEPA debit · fails later")
    await guest.page.get_by_role("button", name="Pay", exact=True).click()
    row = guest.page.get_by_role("tabpanel").locator("details")
    await expect(row.locator(".pill")).to_have_text("Processing", timeout=PATIENCE)
    await guest.page.get_by_role("button", name=re.compile(r"^\+10 ?m")).click()
    await expect(row.locator(".pill")).to_have_text("Failed", timeout=PATIENCE)
    await expect(row.locator("dl")).to_contain_text("MethodSEPA Direct Debit")
    face = guest.page.locator(".clock-ahead")
    await expect(face).to_contain_text("10 min ahead")
    for part in (face, guest.page.locator(".clock-face")):
        assert await part.evaluate("face => face.scrollWidth <= face.clientWidth")


@pytest.mark.slow
async def test_whatever_somebody_is_called_the_page_keeps_its_shape(guest):
    called = "\u202e\u2066" + "Wolfeschlegelsteinhausenberger" * 2
    say = "name => fetch('/sandbox/say', {method: 'POST', body: JSON.stringify(name)})"
    await guest.page.evaluate(say, {"user": "Ada", "text": "/start", "first_name": called})
    await expect(guest.page.locator(".guide-words")).to_contain_text(f"Book as {called[2:]} Tap")
    wide = "() => document.documentElement.scrollWidth - innerWidth"
    assert await guest.page.evaluate(wide) <= 0


@pytest.mark.slow
async def test_a_command_reads_left_to_right_on_an_arabic_phone(guest):
    await guest.shows("Ada")
    await guest.phone("Ada").get_by_role("button", name="More").click()
    await guest.page.get_by_text("العربية").click()
    await expect(guest.phone("Ada").locator(".phone")).to_have_attribute("dir", "rtl")
    await guest.phone("Ada").locator(".start, .big").first.click()
    command = guest.phone("Ada").locator(".out .command").first
    await expect(command).to_have_css("direction", "ltr")


@pytest.mark.slow
async def test_a_declined_card_is_said_and_another_may_be_tried(guest):
    await guest.reaches_confirm("Ada")
    await guest.taps("Ada", "^Confirm")
    window = await guest.opens("Ada", "^Pay")
    await window.locator("#number").fill("4000 0000 0000 0002")
    await window.locator("form button[type=submit]").last.click()
    await expect(window.get_by_role("alert").first).to_contain_text("declined")
    await guest.picture("declined", window)
    await window.locator("#number").fill("4000 0025 0000 3155")
    await window.locator("form button[type=submit]").last.click()
    await guest.picture("secure", window)
    await window.get_by_role("button", name="Complete").click()
    await expect(window).to_have_url(re.compile("/booking/success"), timeout=PATIENCE)


@pytest.mark.slow
async def test_the_guide_leads_on_is_dismissed_and_comes_back(guest):
    guide = guest.page.get_by_role("complementary", name="Guide")
    await expect(guide).to_contain_text("Book as Ada")
    await guest.page.get_by_role("button", name="Show me").click()
    await guest.phone("Ada").get_by_role("button", name="Start").click()
    await guest.reads("Ada", "Book a time")
    await guide.get_by_role("button", name="Close the guide").click()
    await expect(guide).to_be_hidden()
    await guest.page.reload()
    await expect(guest.phone("Ada")).to_be_visible(timeout=PATIENCE)
    await expect(guide).to_be_hidden()
    await guest.page.get_by_role("button", name="Guide").click()
    await expect(guide).to_be_visible()


@pytest.mark.slow
async def test_everything_can_be_done_with_the_keyboard(visitor):
    await visitor.shows("Ada")
    await visitor.phone("Ada").get_by_role("button", name="Start").focus()
    await visitor.page.keyboard.press("Enter")
    await visitor.reads("Ada", "Book a time")
    await visitor.button("Ada", "^Book").focus()
    await visitor.page.keyboard.press("Space")
    await visitor.reads("Ada", "What would you like")
    field = visitor.phone("Ada").get_by_role("textbox")
    await field.focus()
    await visitor.page.keyboard.type("/he")
    await visitor.page.keyboard.press("Enter")
    await visitor.reads("Ada", "/support")


async def test_two_want_the_same_time_and_the_second_is_offered_others(guest):
    await guest.reaches_confirm("Ada")
    await guest.reads("Ada", "check your booking")
    await guest.reaches_confirm("Ben")
    await guest.reads("Ben", "check your booking")
    await guest.taps("Ada", "^Confirm")
    await expect(guest.button("Ada", "^Pay")).to_be_visible(timeout=PATIENCE)
    await guest.taps("Ben", "^Confirm")
    await guest.reads("Ben", "quicker|just taken|no longer free")
    await guest.picture("lost-race")


@pytest.mark.slow
async def test_an_unpaid_place_is_given_back_when_the_clock_is_moved(guest):
    await guest.reaches_confirm("Ada")
    await guest.taps("Ada", "^Confirm")
    await expect(guest.button("Ada", "^Pay")).to_be_visible(timeout=PATIENCE)
    await guest.page.get_by_role("button", name=re.compile(r"^\+1 ?h")).click()
    await expect(guest.button("Ada", "^Book again")).to_be_visible(timeout=PATIENCE)
    await guest.picture("expired")


@pytest.mark.slow
async def test_mina_is_spoken_to_in_bengali(guest):
    await guest.reaches_confirm("Mina", book="^(বুক|Book)")
    await guest.reads("Mina", "[০-৯]")
    await guest.picture("bengali")
