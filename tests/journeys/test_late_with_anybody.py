"""Money that comes too late from whoever asked to be served by anybody: anybody's time will do."""

from tests.journeys.test_conversation import ADA, BELA
from tests.journeys.test_late import HOLD, stands

THURSDAY = r"\b3\b"
"""Two can do it then."""


async def to_pay_for(shop, user, whom):
    await shop.says(user, "/start")
    await shop.walks(user, "^Book", "^Haircut", whom, THURSDAY, "^11:00", "^Skip")
    await shop.shares_phone(user)
    await shop.taps(user, "^Confirm")
    return shop.sessions()[-1]["id"]


async def served_by(shop):
    return [(row["status"], row["staff"]) for row in await shop.exported("bookings")]


async def is_paid_late(shop, session):
    shop.tampers(session, status="open")
    await shop.pays(session)


async def test_who_asked_for_anybody_keeps_the_time_with_whoever_is_free(shop, transcript):
    session = await to_pay_for(shop, ADA, "^Any")
    [(_, first)] = await served_by(shop)
    await shop.time_passes(HOLD + 5)
    await to_pay_for(shop, BELA, f"^{first.title()}")
    await is_paid_late(shop, session)
    [ada, bela] = await served_by(shop)
    assert bela == ("awaiting_payment", first)
    assert ada[0] == "confirmed"
    assert ada[1] != first
    assert shop.reads(ADA, "with somebody else of the team")
    assert shop.chat(ADA).rpartition("[Pay")[2].partition("\n")[2] == transcript


async def test_who_asked_for_anybody_stays_with_whom_it_was_when_they_are_free(shop):
    session = await to_pay_for(shop, ADA, "^Any")
    [(_, first)] = await served_by(shop)
    await shop.time_passes(HOLD + 5)
    other = "anna" if first == "bela" else "bela"
    busier = await to_pay_for(shop, BELA, f"^{other.title()}")
    await shop.pays(busier)
    await is_paid_late(shop, session)
    assert await served_by(shop) == [("confirmed", first), ("confirmed", other)]
    assert shop.reads(ADA, "the time was still free")


async def test_who_asked_for_one_is_offered_that_ones_times_even_after_forget(shop):
    session = await to_pay_for(shop, ADA, "^Anna")
    await shop.time_passes(HOLD + 5)
    await to_pay_for(shop, BELA, "^Anna")
    await shop.says(ADA, "/forget")
    await shop.taps(ADA, "^Yes")
    await is_paid_late(shop, session)
    assert (await stands(shop))[0] == ("expired", "payment_expired")
    [time, *_] = [label for label in shop.buttons(ADA) if "·" in label]
    await shop.taps(ADA, time.split(" ")[0])
    assert (await served_by(shop))[0] == ("confirmed", "anna")
