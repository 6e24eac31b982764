"""Hosted pages over plain HTTP, as tests read and post them."""

import re

CARD = "4242424242424242"


async def get(w, url, **headers):
    async with w.http.get(url, headers=headers) as page:
        return page.status, await page.text()


async def post(w, url, **form):
    form = {"email": "ann@example.com", "card": CARD} | form
    async with w.http.post(url, data=form, allow_redirects=False) as page:
        return page.status, await page.text(), page.headers.get("Location")


async def headers(w, url):
    async with w.http.get(url) as page:
        return page.headers


def texts(page):
    """Return what is read on a page, its tags taken out."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())
