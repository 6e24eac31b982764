"""What goes on is seen from outside: counted, timed, followed by one id; and nobody is named."""

import asyncio
import io
import json
import logging
import socket
import sqlite3
from contextlib import asynccontextmanager

import aiohttp
import pytest
import structlog
from prometheus_client.parser import text_string_to_metric_families

from booking.sweeps import ask
from bot import logs
from tests.crowd import tap
from tests.engines import second_connection
from tests.journeys.conftest import running_shop
from tests.journeys.test_conversation import ADA, BELA, to_summary
from tests.journeys.test_webhook import event, post, signed, to_pay

CANARY = "Quetzalcoatl"
PHONE = "4930123456"


async def fetch(shop, path="/metrics", **headers):
    async with (
        aiohttp.ClientSession() as http,
        http.get(shop.bot.url + path, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def scraped(shop) -> dict:
    """Every sample by its name and labels."""
    status, text = await fetch(shop)
    assert status == 200
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
    return {(s.name, *sorted(s.labels.values())): s.value for s in samples}


def seen(samples: dict, name: str, *labels: str) -> float:
    return samples[(f"booking_bot_{name}", *sorted(labels))]


async def pays_as_canary(shop) -> dict:
    """A customer with a name nobody else has books and pays; gives the booking's row."""
    shop.telegram.person(ADA, first_name=CANARY, language_code="en")
    await shop.pays(await to_pay(shop))
    (booking,) = await shop.exported("bookings")
    assert booking["status"] == "confirmed"
    assert booking["customer_name"] == CANARY
    return booking


async def test_a_customer_who_books_and_pays_is_seen_in_the_metrics(shop):
    await pays_as_canary(shop)
    now = await scraped(shop)
    assert seen(now, "updates_total", "accepted") >= 9
    assert seen(now, "webhook_events_total", "accepted") >= 1
    assert seen(now, "tap_seconds_count", "shown") >= 7
    assert seen(now, "tap_seconds_count", "answered") >= 6
    assert seen(now, "event_seconds_count") >= 1
    assert seen(now, "bookings_total", "held", "EUR") == 1
    assert seen(now, "bookings_total", "confirmed", "EUR") == 1
    assert seen(now, "payments_total", "succeeded", "EUR") == 1
    assert seen(now, "payments_minor_total", "succeeded", "EUR") == 5000
    assert seen(now, "stripe_calls_total", "POST /v1/checkout/sessions", "ok") == 1
    assert seen(now, "stripe_calls_total", "GET /v1/checkout/sessions/:id", "ok") >= 1
    assert seen(now, "telegram_calls_total", "sendDocument", "ok") == 1
    assert seen(now, "telegram_seconds_count", "sendMessage") >= 1
    assert seen(now, "job_runs_total", "receipt_text", "done") == 1
    assert seen(now, "jobs", "update", "due") == 0
    assert seen(now, "jobs", "remind_of_appointment", "planned") >= 1
    assert seen(now, "jobs_oldest_due_seconds", "update") == 0
    assert seen(now, "payments_awaited", "open", "EUR") == 0
    assert seen(now, "database_up") == 1
    assert now[("process_resident_memory_bytes",)] > 0


async def test_a_refund_is_seen_with_its_amount(shop):
    await pays_as_canary(shop)
    await shop.says(ADA, "/bookings")
    await shop.walks(ADA, "^BK-|11:00", "^Cancel booking", "^Yes")
    now = await scraped(shop)
    assert seen(now, "bookings_total", "cancelled", "EUR") == 1
    assert seen(now, "refunds_total", "succeeded", "EUR") == 1
    assert seen(now, "refunds_minor_total", "succeeded", "EUR") == 5000


async def test_whoever_was_too_late_is_counted(shop):
    for user in (ADA, BELA):
        await to_summary(shop, user)
    await to_summary(shop, 73)
    for user in (ADA, BELA, 73):
        await shop.taps(user, "^Confirm")
    now = await scraped(shop)
    assert seen(now, "claims_refused_total") >= 1
    assert seen(now, "payments_awaited", "open", "EUR") == seen(
        now, "bookings_total", "held", "EUR"
    )


async def test_each_event_is_counted_as_what_it_was(shop):
    session = await to_pay(shop)
    shop.fails("WEBHOOK", "drop")
    await shop.pays(session)
    ours = event("completed", shop.sessions()[-1])
    foreign = event("completed", {"id": "cs_test_other", "object": "checkout.session"}, number=2)
    for body in (ours, ours, ours, foreign):
        assert await post(shop, body, signed(shop, body)) == 200
    assert await post(shop, ours, {}) == 400
    await shop.settle()
    now = await scraped(shop)
    outcomes = ("accepted", "duplicate", "foreign", "refused")
    assert [seen(now, "webhook_events_total", one) for one in outcomes] == [1, 2, 1, 1]


async def test_what_the_last_comparison_with_stripe_found_is_seen(shop):
    await pays_as_canary(shop)
    await ask(shop.app.environment, chat_id=9, question=1, actor="admin:9")
    await shop.settle()
    now = await scraped(shop)
    assert seen(now, "reconcile_drift_minor", "EUR") == 0
    assert seen(now, "reconcile_timestamp_seconds") == pytest.approx(shop.world.clock.now(), abs=60)


async def test_a_job_given_up_is_seen_as_dead(shop):
    await shop.says(ADA, "/start")
    async with second_connection(shop.app._settings.database.url.get_secret_value()) as other:
        statement = (
            "UPDATE job SET dead_at = 1, done_at = NULL, last_error = 'x' WHERE kind = 'update'"
        )
        await write(other, statement)
    assert seen(await scraped(shop), "jobs", "update", "dead") == 1


def is_sqlite(other) -> bool:
    return isinstance(other.raw, sqlite3.Connection)


async def write(other, statement: str) -> None:
    if isinstance(other.raw, sqlite3.Connection):
        other.raw.execute(statement)
    else:
        await other.raw.execute(statement)


async def test_nothing_in_the_metrics_names_anybody(shop):
    booking = await pays_as_canary(shop)
    await shop.says(ADA, f"/start b_{booking['reference']}")
    _, text = await fetch(shop)
    personal = [CANARY, PHONE, booking["reference"], "BK-", "cs_test", "pi_", "evt_", f'"{ADA}"']
    assert [word for word in personal if word in text] == []
    assert shop.world.telegram.token not in text


async def test_without_a_token_only_this_machine_itself_is_answered(shop):
    assert (await fetch(shop))[0] == 200
    assert (await fetch(shop, **{"X-Forwarded-For": "127.0.0.1"}))[0] == 403
    assert (await fetch(shop, Forwarded="for=127.0.0.1"))[0] == 403
    assert (await fetch(shop, Host="book.example.com"))[0] == 403
    assert (await fetch(shop, Host=f"localhost:{shop.bot.port}"))[0] == 200


async def test_with_a_token_only_who_knows_it_is_answered(tmp_path, database_url, monkeypatch):
    monkeypatch.setenv("BOOKING_BOT__WEB__METRICS_TOKEN", "correct horse é")
    async with running_shop(tmp_path, database_url) as shop:
        right = "Bearer correct horse é"
        for wrong in ("", "correct horse é", "Bearer", "Bearer x", "Basic correct horse é"):
            status, text = await fetch(shop, Authorization=wrong)
            assert status == 403
            assert "booking_bot_" not in text
        assert (await fetch(shop, Authorization=right))[0] == 200
        far = {"X-Forwarded-For": "203.0.113.9", "Host": "book.example.com"}
        assert (await fetch(shop, Authorization=right, **far))[0] == 200


async def test_another_machine_is_not_answered(tmp_path, database_url, monkeypatch):
    address = own_address()
    monkeypatch.setenv("BOOKING_BOT__WEB__HOST", "0.0.0.0")
    async with running_shop(tmp_path, database_url) as shop:
        shop.bot.url = f"http://{address}:{shop.bot.port}"
        assert (await fetch(shop, Host="127.0.0.1"))[0] == 403


def own_address() -> str:
    """An address of this machine that is not its loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("203.0.113.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this machine has no address but its loopback")
        return probe.getsockname()[0]


async def test_a_database_that_is_away_leaves_the_rest_to_be_seen(shop):
    await shop.says(ADA, "/start")
    url = shop.app._settings.database.url.get_secret_value()
    async with second_connection(url) as other:
        await write(other, "ALTER TABLE installation RENAME TO gone")
        try:
            now = await scraped(shop)
        finally:
            await write(other, "ALTER TABLE gone RENAME TO installation")
    assert seen(now, "database_up") == 0
    assert seen(now, "updates_total", "accepted") == 1
    assert ("booking_bot_jobs", "due", "update") not in now


async def test_a_database_that_takes_no_rows_is_not_up_though_it_answers(shop):
    await shop.says(ADA, "/start")
    assert seen(await scraped(shop), "database_up") == 1
    url = shop.app._settings.database.url.get_secret_value()
    async with second_connection(url) as other:
        await write(other, "BEGIN IMMEDIATE" if is_sqlite(other) else "BEGIN")
        await write(other, "UPDATE installation SET value = value")
        try:
            now = await scraped(shop)
        finally:
            await write(other, "ROLLBACK")
    assert seen(now, "database_up") == 0
    assert seen(now, "jobs", "update", "due") == 0
    assert seen(await scraped(shop), "database_up") == 1


@asynccontextmanager
async def written_log():
    """Everything that is logged, at debug, as JSON."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(level="debug", style="json", stream=stream)
    try:
        yield stream
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.reset_defaults()


def lines_of(stream) -> list[dict]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def test_one_id_leads_from_the_tap_to_the_receipt(shop):
    async with written_log() as stream:
        booking = await pays_as_canary(shop)
        await tap(shop.world, ADA, "^Cancel booking|^My bookings|^Book")
        await shop.settle()
    lines = lines_of(stream)
    (held,) = [line for line in lines if line["event"] == "booking held"]
    way = [line for line in lines if line.get("trace") == held["trace"]]
    told = [line["event"] for line in way]
    for step in (
        "booking held",
        "payment open",
        "booking awaiting_payment",
        "Stripe event",
        "payment succeeded",
        "booking confirmed",
    ):
        assert told.count(step) == 1, step
    assert told.index("booking held") < told.index("payment open") < told.index("Stripe event")
    kinds = [line["kind"] for line in way if line["event"] == "job run"]
    assert {"update", "create_checkout", "receipt_text", "receipt_ics", "receipt_qr"} <= set(kinds)
    receipts = [line["kind"] for line in way if line["event"] == "customer told"]
    assert {"receipt_text", "receipt_ics", "receipt_qr"} <= set(receipts)
    of_booking = {line["booking"] for line in way if "booking" in line}
    assert of_booking == {booking["reference"]}
    assert {line["booking"] for line in way if line["event"] == "customer told"} == of_booking


async def test_the_success_page_goes_on_under_the_id_of_the_tap(shop):
    async with written_log() as stream:
        session = await to_pay(shop)
        shop.fails("WEBHOOK", "drop")
        await shop.pays(session)
        assert (await fetch(shop, f"/booking/success?session_id={session}"))[0] == 200
        await shop.settle()
    lines = lines_of(stream)
    traces = {
        line["event"]: line["trace"]
        for line in lines
        if line["event"] in {"booking held", "booking confirmed", "customer told"}
    }
    assert len(traces) == 3
    assert len(set(traces.values())) == 1


async def test_two_customers_have_two_ids(shop):
    async with written_log() as stream:
        await shop.pays(await to_pay(shop, ADA))
        await shop.pays(await to_pay(shop, BELA, "^12:00"))
    confirmed = [line for line in lines_of(stream) if line["event"] == "booking confirmed"]
    assert len({line["trace"] for line in confirmed}) == 2
    assert len({line["booking"] for line in confirmed}) == 2


async def test_the_log_at_debug_names_nobody(shop):
    async with written_log() as stream:
        await pays_as_canary(shop)
    written = stream.getvalue()
    assert "job run" in written
    assert CANARY not in written
    assert PHONE not in written


async def test_ready_tells_how_telegram_and_stripe_do(shop):
    session = await to_pay(shop)
    status, text = await fetch(shop, "/readyz")
    body = json.loads(text)
    assert (status, body["ready"], body["reasons"], body["database"]) == (200, True, [], "ok")
    assert body["telegram"]["state"] == body["stripe"]["state"] == "ok"
    assert body["stripe"]["since"]
    shop.fails("GET /v1/checkout/sessions", "500")
    assert (await fetch(shop, f"/booking/success?session_id={session}"))[0] in {200, 503}
    await asyncio.sleep(0)
    status, text = await fetch(shop, "/readyz")
    stripe = json.loads(text)["stripe"]
    assert status == 200
    assert stripe["state"] == "down"
    assert stripe["last_error"]["kind"] == "failed"
