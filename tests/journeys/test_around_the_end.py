"""Money paid around the end of a hold: it confirms, or all of it goes back and is told of."""

import random
from itertools import product

import pytest

from tests.crowd import says
from tests.engines import second_connection
from tests.journeys.conftest import running_shop
from tests.journeys.test_conversation import ADA, BELA
from tests.journeys.test_late import HOLD, returned, stands
from tests.journeys.test_reconcile import books
from tests.journeys.test_webhook import to_pay

MOMENTS = {"a second before": -1, "at": 0, "a second after": 1, "an hour after": 3600}
IN_CI = {
    ("a second before", False),
    ("at", True),
    ("a second after", True),
    ("an hour after", True),
}
SEEDS = (
    pytest.param(range(1, 2), id="one seed"),
    pytest.param(range(2, 101), id="every seed", marks=pytest.mark.slow),
)


def _case(moment: str, resold: bool):
    marks = [] if (moment, resold) in IN_CI else [pytest.mark.slow]
    return pytest.param(
        moment, resold, id=f"{moment}, {'resold' if resold else 'free'}", marks=marks
    )


async def pays_at(shop, session, moment: int, dice, *, resold: bool) -> None:
    """Ada's card is charged so many seconds from the end of her hold."""
    event_is_late = dice.random() < 0.5
    if event_is_late:
        shop.fails("WEBHOOK", "drop", 2)
    if moment <= 0:
        await shop.world.advance(HOLD + moment)
        paying_first = dice.random() < 0.5
        if not paying_first:
            shop.app.wake()
        outcome = await shop.stripe.pay(session, "4242424242424242")
        if paying_first:
            shop.app.wake()
        await shop.settle()
        assert outcome["outcome"] == "paid" or not paying_first
    else:
        await shop.time_passes(HOLD + moment)
    if shop.stripe.store.sessions[session]["payment_status"] != "paid":
        if resold:
            await to_pay(shop, BELA)
        # Stripe had it paid at the same moment as it was to expire, or tells of it late
        later = int(shop.world.clock.now()) + 60
        shop.tampers(session, status="open", expires_at=later)
        assert (await shop.pays(session))["outcome"] == "paid"
    elif resold:
        await shop.says(BELA, "/start svc_haircut")
    for _ in range(dice.randrange(3)):
        for event in shop.stripe.ledger()["events"]:
            shop.stripe.webhooks.resend(event)
        await shop.settle()
    await shop.time_passes(dice.choice((1, 61, 600)))


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request):
    return request.getfixturevalue(f"{request.param}_engine")


@pytest.mark.family("R8")
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seeds", SEEDS)
@pytest.mark.parametrize(
    ("moment", "resold"), [_case(*one) for one in product(MOMENTS, (False, True))]
)
async def test_money_paid_around_the_end_confirms_or_goes_back_and_never_both(
    tmp_path, engine, seeds, moment, resold, record_property
):
    for seed in seeds:
        url, folder = engine.fresh(), tmp_path / str(seed)
        folder.mkdir()
        async with running_shop(folder, url) as shop:
            await _one(shop, url, random.Random(seed), MOMENTS[moment], resold=resold)
        engine.drop(url)
    record_property("runs", len(seeds))


async def _one(shop, url, dice, moment: int, *, resold: bool) -> None:
    session = await to_pay(shop)
    await pays_at(shop, session, moment, dice, resold=resold)
    await shop.time_passes(HOLD + 60)  # an offer of another time ends
    await shop.time_passes(HOLD + 60)
    [ada, *_] = await stands(shop)
    money = dict(
        zip(
            (row["session_id"] for row in await shop.exported("payments")),
            await returned(shop),
            strict=True,
        )
    )
    confirmed = ada == ("confirmed", "")
    back = money[session] == ("succeeded", [(5000, "succeeded")])
    assert confirmed != back, (ada, money)
    assert confirmed or ada == ("expired", "payment_expired")
    assert confirmed == (money[session] == ("succeeded", []))
    told = "Receipt" if confirmed else "issued a refund"
    assert says(shop.world, ADA, told), shop.chat(ADA)
    assert not says(shop.world, ADA, "issued a refund" if confirmed else "Receipt"), shop.chat(ADA)
    async with second_connection(url) as other:
        seats = "SELECT count(*) FROM seat GROUP BY occurrence_id HAVING count(*) > 1"
        assert await other.rows(seats) == []
    assert (await books(shop)).differences == []
