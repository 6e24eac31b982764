"""A demo and a real browser in front of it: Debian's Chromium, driven by Playwright."""

import os
import re
import shutil
from contextlib import asynccontextmanager

import pytest

from tests.demo import demo

playwright = pytest.importorskip("playwright.async_api", reason="playwright is not installed")

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
WIDE, NARROW = (1280, 800), (390, 844)
SIZES = {WIDE: "wide", NARROW: "phone"}
PICTURES = os.environ.get("BOOKING_BOT_PICTURES")
PATIENCE = 20_000
"""Milliseconds until something must be seen; generous, since tests assert what, not when."""


class Visitor:
    """Somebody at the page, at one size of window."""

    def __init__(self, browser, page, here, size):
        self.browser, self.page, self.here, self.size = browser, page, here, size
        self.complaints = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    @property
    def is_narrow(self):
        return self.size == NARROW

    def phone(self, name):
        return self.page.get_by_role("region", name=f"{name}’s phone")

    async def shows(self, name):
        """Bring a phone, or "Stripe", to the front; on a narrow page there is one at a time."""
        tab = self.page.get_by_role("navigation", name="Phones").get_by_role("button", name=name)
        if await tab.is_visible() and not await tab.get_attribute("aria-current"):
            await tab.click()

    async def taps(self, name, *labels):
        """Tap one button after the other in somebody's chat, the newest that fits."""
        await self.shows(name)
        for label in labels:
            await self.button(name, label).click()

    def button(self, name, label):
        found = self.phone(name).get_by_role("button", name=re.compile(label))
        return found.and_(self.page.locator(".key, .reply-key, .start, button")).last

    async def reads(self, name, text):
        """Wait until somebody sees a text in their chat."""
        await self.shows(name)
        words = self.phone(name).get_by_role("log").get_by_text(re.compile(text)).last
        await playwright.expect(words).to_be_visible(timeout=PATIENCE)

    async def opens(self, name, label):
        """Tap a link and give the window it opens."""
        await self.shows(name)
        async with self.page.context.expect_page() as opened:
            await self.button(name, label).click()
        window = await opened.value
        await window.wait_for_load_state()
        return window

    async def reaches_confirm(self, name, *, book="^Book", time=None):
        """Go from nothing to the summary of a haircut on the first free day."""
        await self.shows(name)
        await self.phone(name).get_by_role("button", name=re.compile("Start|শুরু")).click()
        await self.taps(name, book, "^(Haircut|চুল কাটা)", "^(Any|যেকোনো)", r"(free|places|খালি|ফাঁকা|টি)")
        await self.taps(name, time or r"^[\d০-৯]{2}:[\d০-৯]{2}")
        await self.taps(name, "^(Share my number|আমার নম্বর)")

    async def picture(self, name, page=None):
        """Take a picture for README and docs, when they are wanted."""
        if PICTURES:
            page = page or self.page
            await page.wait_for_timeout(700)
            await page.evaluate(AT_REST)
            await page.screenshot(
                path=f"{PICTURES}/{name}-{SIZES[self.size]}.jpg", type="jpeg", quality=85
            )


AT_REST = """() => Promise.allSettled(document.getAnimations()
  .filter(each => each.effect.getComputedTiming().endTime < 10000).map(each => each.finished))"""


@asynccontextmanager
async def visiting(folder, size, **options):
    """Start a demo and a browser at its page."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    async with demo(folder) as here, playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        look = {"viewport": {"width": size[0], "height": size[1]}, "locale": "en-GB"}
        context = await browser.new_context(**{**look, "timezone_id": "Europe/Berlin", **options})
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        visitor = Visitor(browser, page, here, size)
        await page.goto(here.url)
        try:
            yield visitor
        finally:
            await browser.close()
        assert visitor.complaints == []


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "phone"])
async def visitor(tmp_path, request):
    async with visiting(tmp_path / "shop", request.param) as somebody:
        yield somebody


@pytest.fixture(params=[NARROW, WIDE] if PICTURES else [NARROW], ids=SIZES.get)
async def guest(tmp_path, request):
    """A visitor at one size: the narrow one, and the other when pictures are wanted."""
    async with visiting(tmp_path / "shop", request.param) as somebody:
        yield somebody
