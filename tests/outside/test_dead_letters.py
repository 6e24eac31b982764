"""What was given up lies before the admins, with a button; and it held nobody else up."""

import pytest

from tests.outside.stage import ADA, ADMIN, DONE_SECONDS, LASTING, stage
from tests.simulation.times import run

BELA = 72
TRIES = 25
GIVEN_UP = "Something failed and was given up: please look"
SELDOM = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("html", "400:can't parse it")]
READ = "GET /v1/checkout/sessions/"


@pytest.fixture(params=["sqlite", "postgres"])
def played(request, tmp_path):
    """Play something in a shop of its own."""
    engine = request.getfixturevalue(f"{request.param}_engine")
    url = engine.fresh()

    def play(work) -> None:
        async def opened():
            async with stage(tmp_path, url) as shop:
                await work(shop)

        run(opened())

    yield play
    engine.drop(url)


async def is_tried_again_and_again(shop) -> None:
    for _ in range(TRIES):
        await shop.world.time_passes(31)
        await shop.world.settle()


async def retries(shop) -> None:
    await shop.says("/jobs", ADMIN)
    await shop.taps("^Retry 1 ", user=ADMIN)
    await shop.world.time_passes(DONE_SECONDS)
    await shop.world.settle()


@pytest.mark.family("R9")
def test_an_event_that_fails_for_ever_stops_no_other_and_is_retried_by_a_button(played):
    async def bad_event(shop):
        session = await shop.comes_to_pay()
        other = await shop.comes_to_pay(BELA)
        shop.stripe_fails(READ + session, "400")
        shop.pay(session)
        await shop.world.settle()
        shop.pay(other)
        await is_tried_again_and_again(shop)
        assert shop.count("Receipt: ", BELA) == 1
        assert shop.count("Receipt: ") == 0
        assert await shop.dead() == ["stripe_event"]
        assert shop.count(GIVEN_UP, ADMIN) == 1
        shop.stripe.faults.clear()
        await retries(shop)
        assert await shop.dead() == []
        assert shop.count("Receipt: ") == 1
        await retries_nothing(shop)

    played(bad_event)


async def retries_nothing(shop) -> None:
    """What was done is not done again: there is no button any more, and nobody got more."""
    await shop.says("/jobs", ADMIN)
    assert shop.reads("Nothing was given up.", ADMIN)
    paid = await shop.books.rows("SELECT paid_minor FROM attempt WHERE state = 'succeeded'")
    assert [one["paid_minor"] for one in paid] == [5000, 5000]


@pytest.mark.family("R11")
@pytest.mark.parametrize("kind", ["500", *SELDOM])
def test_a_message_that_fails_for_ever_is_parked_and_its_chat_goes_on(played, kind):
    async def bad_message(shop):
        session = await shop.comes_to_pay()
        shop.telegram_fails(f"^sendDocument {ADA}$", kind)
        shop.pay(session)
        await is_tried_again_and_again(shop)
        assert await shop.dead() == ["receipt_ics"]
        assert shop.count(GIVEN_UP, ADMIN) == 1
        assert shop.count("Receipt: ") == 1
        assert any(message.get("photo") for message in shop.telegram.chat(ADA))
        await shop.says("/help")
        assert shop.reads("/bookings")
        shop.telegram.faults.planned.clear()
        await retries(shop)
        assert await shop.dead() == []
        assert sum(bool(one.get("document")) for one in shop.telegram.chat(ADA)) == 1

    played(bad_message)


@pytest.mark.family("R11")
@pytest.mark.parametrize("times", [1, LASTING], ids=["once", "for ever"])
def test_whoever_cannot_be_shown_a_screen_is_told_so_and_no_apology_makes_another(played, times):
    async def refused_screen(shop):
        shop.telegram_fails(f"^sendMessage {BELA}$", "400:can't parse entities", times)
        await shop.says("/start", BELA)
        await shop.world.settle()
        told = "Sorry, something could not be shown to you"
        assert shop.count(told, BELA) == (1 if times == 1 else 0)
        assert await shop.dead() == ["screen"] * (1 if times == 1 else 2)
        assert shop.count(GIVEN_UP, ADMIN) == 1
        shop.telegram.faults.planned.clear()
        await shop.says("/help", BELA)
        assert shop.reads("/bookings", BELA)

    played(refused_screen)


@pytest.mark.family("R11")
def test_an_outage_of_telegram_parks_nothing_however_long_it_lasts(played):
    async def outage(shop):
        shop.pay(await shop.comes_to_pay())
        shop.telegram_fails(".", "500")
        await is_tried_again_and_again(shop)
        assert await shop.dead() == []
        shop.telegram.faults.planned.clear()
        await shop.recovers()
        assert shop.count("Receipt: ") == 1

    played(outage)


@pytest.mark.family("R11")
def test_an_outage_that_loses_answers_makes_one_copy_at_most(played):
    async def silence(shop):
        session = await shop.comes_to_pay()
        shop.telegram_fails(".", "lost")
        shop.pay(session)
        await is_tried_again_and_again(shop)
        await shop.recovers()
        assert 1 <= shop.count("Receipt: ") <= 2

    played(silence)
