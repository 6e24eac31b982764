"""Tips, coupons and what is paid on site, in the chat: chosen, taken away, shown to the cent."""

import re
from dataclasses import replace
from datetime import date

import pytest

from booking.catalog import Coupon, Staff
from booking.catalog_import import import_catalog
from booking.pricing import quote
from db.models import Booking, Draft
from db.money_models import Attempt, Audit
from db.states import AttemptState, BookingState
from handlers import notices
from handlers.keyboards import Verb, decode, on_booking, on_draft
from handlers.screens import summary
from tests.handlers.chat import Chat
from tests.handlers.conftest import NOW, make_catalog, make_shop, read_aloud
from tests.handlers.rows import REFERENCE, SESSION, a_booking, a_customer, make_door
from tests.handlers.test_doors import WEEK, to_summary
from tests.handlers.test_notices import job, screen
from tests.handlers.test_screens import FINISHED

ADMIN = 900
COUPONS = (
    Coupon(code="TEN", percent=10),
    Coupon(code="ALL", percent=100),
    Coupon(code="OLD", percent=10, until=date(2026, 11, 30)),
    Coupon(code="NEW", percent=10, **{"from": date(2026, 12, 2)}),
    Coupon(code="YOGA", percent=10, services=("yoga",)),
)


@pytest.fixture
async def door(database):
    catalog = make_catalog()
    staff = tuple(Staff(key=one.key, name=one.name, hours=WEEK) for one in catalog.staff)
    changed = catalog.model_copy(update={"staff": staff, "coupons": COUPONS})
    await import_catalog(changed, now=NOW)
    return make_door(tips=(5, 10))


@pytest.fixture
def chat(door):
    return Chat(door)


def tips(chat) -> list[str]:
    return [button.text for button in chat.buttons if "ip" in button.text]


async def with_coupon(chat, code):
    await chat.taps("^Coupon")
    return await chat.says(code)


async def test_a_tip_is_chosen_changed_and_taken_away(chat):
    await to_summary(chat)
    assert tips(chat) == ["Tip 5%: €2.50", "Tip 10%: €5.00"]
    shown = await chat.taps("^Tip 5%")
    assert "Tip: €2.50" in shown.text
    assert "Due now: €12.50" in shown.text
    assert tips(chat) == ["Tip 5%: €2.50 ✓", "Tip 10%: €5.00", "No tip"]
    assert "Due now: €15.00" in (await chat.taps("^Tip 10%")).text
    for label in ("^Tip 10%", "^No tip"):
        shown = await chat.taps(label)
        assert "Due now: €10.00" in shown.text
        assert tips(chat) == ["Tip 5%: €2.50", "Tip 10%: €5.00"]
        await chat.taps("^Tip 10%")
    await chat.taps("^Confirm")
    booking, attempt = await Booking.get(), await Attempt.get()
    assert (booking.due_minor, booking.tip_minor, booking.onsite_minor) == (1000, 500, 4000)
    assert attempt.amount_minor == 1500
    items = [one["price_data"] for one in attempt.params["line_items"]]
    assert [one["unit_amount"] for one in items] == [1000, 500]
    assert items[1]["product_data"] == {"name": "Tip"}


async def test_whatever_else_is_changed_the_tip_and_the_coupon_stay(chat):
    await to_summary(chat)
    await chat.taps("^Tip 10%")
    shown = await with_coupon(chat, "ten")
    assert "Tip: €4.50" in shown.text
    await chat.taps("^Change")
    await chat.taps("^Name")
    shown = await chat.says("Ada")
    assert "Name: Ada" in shown.text
    assert "Discount: −€5.00 (TEN)" in shown.text
    assert "Due now: €14.50" in shown.text
    await chat.taps("^Coupon")
    shown = await chat.taps("^Remove coupon TEN")
    assert "Due now: €15.00" in shown.text
    assert (await Draft.get()).choices["answers"] == {"notes": "", "length": "Long"}


async def test_no_tip_is_asked_where_nothing_is_due_online(chat):
    await to_summary(chat)
    await chat.taps("^Tip 10%")
    shown = await with_coupon(chat, "ALL")
    assert tips(chat) == []
    assert "Nothing to pay online" in shown.text
    await chat.taps("^Confirm")
    booking = await Booking.get()
    assert (booking.status, booking.tip_minor) == (BookingState.CONFIRMED, 0)
    assert not await Attempt.exists()
    (receipt,) = await notices.render(chat.door, job("receipt_text", booking=booking.id))
    for line in ("Price: €50.00", "Discount: −€50.00 (ALL)", "Nothing to pay online."):
        assert line in receipt.text.splitlines()


async def test_a_tip_that_is_no_longer_offered_is_refused_gently(chat):
    await to_summary(chat)
    draft = await Draft.get()
    shown = await chat.presses(on_draft(draft.id, draft.version, Verb.TIP, "7"))
    assert shown.text.startswith("A tip of 7% is no longer offered.")
    await chat.taps("^Tip 10%")
    confirm = next(one.data for one in chat.buttons if one.text == "Confirm")
    later = Chat(make_door(tips=()))
    shown = await later.presses(confirm)
    assert shown.text.startswith("The price or the terms have changed.")
    assert tips(later) == []
    assert "Due now: €10.00" in shown.text
    await later.taps("^Confirm")
    assert (await Booking.get()).asked_minor == 1000


@pytest.mark.parametrize("forged", ["", "x", "-5", "9" * 30])
async def test_a_forged_tip_is_none(chat, forged):
    await to_summary(chat)
    draft = await Draft.get()
    await chat.presses(on_draft(draft.id, draft.version, Verb.TIP, forged))
    assert "tip" not in (await Draft.get()).choices


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("NOPE", "There is no such coupon: NOPE."),
        ("OLD", "Coupon OLD was valid until Monday, 30 November 2026."),
        ("NEW", "Coupon NEW is valid from Wednesday, 2 December 2026."),
        ("YOGA", "Coupon YOGA is not for this service."),
        ("x" * 4000, "There is no such coupon: xxx"),
    ],
)
async def test_a_coupon_that_does_not_fit_is_named_with_its_day(chat, code, said):
    await to_summary(chat)
    shown = await with_coupon(chat, code)
    assert said in shown.text
    assert len(shown.text) < 4096


async def test_a_coupon_that_fits_no_more_says_so_beside_the_price_that_is_confirmed(chat):
    await to_summary(chat)
    draft = await Draft.get()
    await Draft.filter(id=draft.id).update(choices={**draft.choices, "coupon": "OLD"})
    shown = await chat.says("/start")
    shown = await chat.taps("^Continue")
    assert "Coupon OLD was valid until Monday, 30 November 2026." in shown.text
    assert "Due now: €10.00" in shown.text
    await chat.taps("^Confirm")
    booking = await Booking.get()
    assert (booking.discount_minor, booking.coupon) == (0, None)


async def test_a_coupon_that_ends_before_confirm_is_refused_and_taken_off(chat):
    await to_summary(chat)
    await with_coupon(chat, "TEN")
    catalog = make_catalog()
    staff = tuple(Staff(key=one.key, name=one.name, hours=WEEK) for one in catalog.staff)
    over = (Coupon(code="TEN", percent=10, until=date(2026, 11, 30)),)
    await import_catalog(catalog.model_copy(update={"staff": staff, "coupons": over}), now=NOW)
    shown = await chat.taps("^Confirm")
    assert shown.text.startswith("Coupon TEN was valid until Monday, 30 November 2026.")
    assert not await Booking.exists()
    await chat.taps("^Confirm")
    assert (await Booking.get()).discount_minor == 0


PRICED = {
    "seats": 3,
    "price_minor": 15000,
    "discount_minor": 1500,
    "coupon": "TEN",
    "due_minor": 4050,
    "tip_minor": 675,
    "onsite_minor": 9450,
}


async def a_priced_booking(language, **values) -> Booking:
    customer = await a_customer(language=language)
    booking = await a_booking(customer, **{**PRICED, **values})
    await Attempt.all().update(amount_minor=4725)
    return booking


async def pay() -> None:
    await Attempt.filter(session_id=SESSION).update(
        state=AttemptState.SUCCEEDED, paid_minor=4725, payment_intent="pi_1", paid_at=NOW
    )
    await Booking.all().update(status=BookingState.CONFIRMED, confirmed_at=NOW)


@pytest.mark.parametrize("language", ["en", "bn"])
async def test_deposit_coupon_tip_and_seats_add_up_on_every_screen(database, language, transcript):
    booking = await a_priced_booking(language)
    customer, door = await booking.customer, make_door(tax_text="incl. 19 % VAT")
    admin = await a_customer(telegram_id=ADMIN, language=language)
    shown = await notices.render(door, screen(customer, "booking", REFERENCE))
    shown += await notices.render(door, screen(admin, "any_booking", REFERENCE))
    await pay()
    shown += await notices.render(door, job("receipt_text", booking=booking.id))
    shown += await notices.render(door, screen(customer, "booking", REFERENCE))
    shown += await notices.render(door, screen(admin, "any_booking", REFERENCE))
    assert "-----\n".join(map(read_aloud, shown)) == transcript


def test_the_summary_adds_up_in_every_language(frame, shop, transcript):
    chosen = frame(**{**FINISHED, "seats": 3, "coupon": "TEN", "tip": 5})
    shop = make_shop(tips=(5, 10, 15), tax_text="incl. 19 % VAT")
    framed = replace(chosen, words=replace_shop(chosen.words, shop))
    service = framed.service.model_copy(update={"deposit": "30%"})
    price = quote(service, 3, COUPONS[0], "EUR", tip=5)
    assert read_aloud(summary.summary(framed, price)) == transcript


def replace_shop(words, shop):
    return type(words)(words.language, shop)


@pytest.mark.parametrize("language", ["en", "bn"])
@pytest.mark.parametrize("tip", [0, 3])
async def test_an_amount_stripe_finds_too_small_is_told_with_the_tip_that_is_dropped(
    database, tip, language, transcript
):
    booking = await a_priced_booking(language, due_minor=0, tip_minor=0, onsite_minor=13500)
    told = job("due_on_site", booking=booking.id, tip_minor=tip)
    (sent,) = await notices.render(make_door(), told)
    assert read_aloud(sent) == transcript


async def looks(chat) -> list[str]:
    await chat.says(f"/booking {REFERENCE}")
    return [button.text for button in chat.buttons if "aid on site" in button.text]


async def test_the_rest_is_marked_as_paid_on_site_and_unmarked_after_a_question(database):
    await a_priced_booking("en")
    await pay()
    chat = Chat(make_door(), user=ADMIN)
    customer = await (await Booking.get()).customer
    shown = screen(customer, "booking", REFERENCE)
    assert await looks(chat) == ["Paid on site"]
    asked = await chat.taps("^Paid on site")
    assert "Were €94.50 paid on site?" in asked.text
    assert [one.text for one in chat.buttons] == ["Yes, €94.50 were paid on site", "No"]
    yes = chat.buttons[0].data
    assert (await chat.taps("^No")).text.startswith("Nothing was changed.")
    assert "Paid on site: €94.50" in (await chat.presses(yes)).text
    (seen,) = await notices.render(make_door(), shown)
    assert "Paid on site: €94.50" in seen.text
    assert "Due on site" not in seen.text
    assert await looks(chat) == ["Not paid on site after all"]
    await chat.taps("^Not paid")
    assert "still due on site" in (await chat.taps("^Yes, €94.50 were not")).text
    assert (await chat.presses(yes)).text.startswith("What is due on site, or whether")
    (seen,) = await notices.render(make_door(), shown)
    assert "Due on site: €94.50" in seen.text
    assert await Audit.all().count() == 2


@pytest.mark.parametrize("values", [{"onsite_minor": 0, "price_minor": 5550}, {}])
async def test_nothing_can_be_marked_before_it_is_paid_or_where_all_was(database, values):
    await a_priced_booking("en", **values)
    if values:
        await pay()
    assert await looks(Chat(make_door(), user=ADMIN)) == []


async def test_others_cannot_mark_what_is_due_on_site(database):
    await a_priced_booking("en")
    await pay()
    stranger = Chat(make_door(), user=72)
    for arg in ("paid", "1.7ai.0.EUR", "undo"):
        shown = await stranger.presses(on_booking(REFERENCE, Verb.ONSITE, arg))
        assert shown is None or "€" not in shown.text
    assert (await Booking.get()).onsite_paid_at is None


def test_a_mark_fits_into_a_button():
    data = on_booking(REFERENCE, Verb.ONSITE, "1.zzzzzzzzzzzz.zzzz.EUR")
    assert re.fullmatch(r"v1:ons:BK-7KD2QX:-:.+", data)
    assert decode(data).arg.endswith("EUR")
