"""Exports: the columns of the contract, the days of the shop, money as it was paid."""

from datetime import date, timedelta

from booking import exports
from booking.exports import COLUMNS, Span, rows_of
from db.models import Customer
from db.money_models import Attempt, Audit, Refund
from db.states import AttemptState, BookingState, RefundState
from tests.db.example import ZONE
from tests.db.shop import NOW, at, open_shop

CONTRACT = {
    "bookings": "reference, status, service, staff, start, end, seats, price_minor, discount_minor,"
    " due_minor, onsite_minor, paid_minor, refunded_minor, currency, coupon, session_ids,"
    " payment_intent, customer_telegram_id, customer_name, created_at, confirmed_at, ended_at,"
    " end_reason",
    "payments": "reference, session_id, payment_intent, charge, amount_minor, fee_minor, net_minor,"
    " currency, mode, status, created_at, paid_at, refunds",
    "customers": "telegram_id, name, phone, email, language, created_at, bookings, paid_minor,"
    " blocked",
    "audit": "at, actor, action, reference, detail",
}
ALL = Span(None, None, ZONE)


async def read(what: str, span: Span = ALL) -> list[dict]:
    return [row async for row in rows_of(what, span, livemode=False)]


async def paid_booking():
    shop = await open_shop()
    booking = await shop.booking(
        status=BookingState.CONFIRMED, confirmed_at=at(5), details={"name": "Ada"}
    )
    given = {
        "booking_id": booking.id,
        "params": {},
        "amount_minor": 5000,
        "currency": "EUR",
        "expires_at": at(30),
    }
    await Attempt.create(
        **given,
        number=1,
        idempotency_key="a1",
        state=AttemptState.EXPIRED,
        session_id="cs_1",
        created_at=NOW,
    )
    paid = await Attempt.create(
        **given,
        number=2,
        idempotency_key="a2",
        state=AttemptState.SUCCEEDED,
        session_id="cs_2",
        payment_intent="pi_2",
        paid_minor=5000,
        fee_minor=175,
        net_minor=4825,
        livemode=False,
        created_at=at(1),
        paid_at=at(5),
    )
    for number, state in enumerate((RefundState.SUCCEEDED, RefundState.FAILED)):
        await Refund.create(
            attempt_id=paid.id,
            idempotency_key=f"r{number}",
            refund_id=f"re_{number}",
            state=state,
            amount_minor=1000,
            reason="late",
            created_at=at(60),
        )
    await Audit.create(
        at=NOW, actor="admin:1", action="refund", reference=booking.reference, detail={"x": 1}
    )
    return booking


async def test_the_columns_are_those_of_the_contract_in_their_order(database):
    await paid_booking()
    for what, names in CONTRACT.items():
        wanted = names.split(", ")
        assert list(COLUMNS[what]) == wanted
        assert all(list(row) == wanted for row in await read(what))


async def test_a_booking_tells_what_was_paid_and_given_back(database):
    booking = await paid_booking()
    [row] = await read("bookings")
    assert row["reference"] == booking.reference
    assert (row["status"], row["service"], row["staff"]) == ("confirmed", "haircut", "chair")
    assert (row["paid_minor"], row["refunded_minor"]) == (5000, 1000)
    assert row["session_ids"] == ["cs_1", "cs_2"]
    assert (row["payment_intent"], row["customer_name"]) == ("pi_2", "Ada")
    assert (row["start"], row["confirmed_at"]) == ("2026-11-23T09:00:00Z", "2026-11-23T09:05:00Z")
    assert (row["ended_at"], row["end_reason"], row["coupon"]) == (None, "", "")


async def test_money_in_another_currency_is_listed_but_not_added_to_the_bookings(database):
    booking = await paid_booking()
    dollars = await Attempt.create(
        booking_id=booking.id,
        params={},
        number=3,
        idempotency_key="a3",
        state=AttemptState.SUCCEEDED,
        session_id="cs_3",
        amount_minor=700,
        paid_minor=700,
        currency="USD",
        expires_at=at(30),
        created_at=at(2),
    )
    await Refund.create(
        attempt_id=dollars.id,
        idempotency_key="r3",
        refund_id="re_3",
        state=RefundState.SUCCEEDED,
        amount_minor=300,
        reason="other currency",
        created_at=at(60),
    )
    [row] = await read("bookings")
    assert (row["paid_minor"], row["refunded_minor"], row["currency"]) == (5000, 1000, "EUR")
    assert row["session_ids"] == ["cs_1", "cs_2", "cs_3"]
    [customer] = await read("customers")
    assert customer["paid_minor"] == 5000
    payment = (await read("payments"))[-1]
    assert (payment["amount_minor"], payment["currency"]) == (700, "USD")
    assert [one["amount_minor"] for one in payment["refunds"]] == [300]


async def test_payments_list_every_attempt_with_its_refunds(database):
    await paid_booking()
    first, second = await read("payments")
    assert (first["session_id"], first["status"], first["refunds"]) == ("cs_1", "expired", [])
    assert (second["status"], second["mode"], second["net_minor"]) == ("succeeded", "test", 4825)
    assert [one["status"] for one in second["refunds"]] == ["succeeded", "failed"]


async def test_customers_and_audit_are_told_in_plain_words(database):
    await paid_booking()
    [customer] = await read("customers")
    assert customer["name"] == "Ada"
    assert (customer["bookings"], customer["paid_minor"], customer["blocked"]) == (1, 5000, False)
    [entry] = await read("audit")
    assert (entry["actor"], entry["detail"]) == ("admin:1", {"x": 1})


async def test_since_and_until_are_whole_days_of_the_shop(database):
    # Berlin's 24th begins at 23:00 UTC of the 23rd.
    evening = NOW.replace(hour=22, minute=59)
    await Customer.create(telegram_id=1, created_at=evening)
    await Customer.create(telegram_id=2, created_at=evening + timedelta(minutes=1))
    the_23rd = Span(date(2026, 11, 23), date(2026, 11, 23), ZONE)
    the_24th = Span(date(2026, 11, 24), date(2026, 11, 24), ZONE)
    assert [row["telegram_id"] for row in await read("customers", the_23rd)] == [1]
    assert [row["telegram_id"] for row in await read("customers", the_24th)] == [2]


async def test_more_than_a_page_comes_out_whole_and_in_order(database):
    number = exports.PAGE + 3
    await Customer.bulk_create([Customer(telegram_id=n + 1, created_at=NOW) for n in range(number)])
    assert [row["telegram_id"] for row in await read("customers")] == list(range(1, number + 1))
