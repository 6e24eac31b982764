"""What is read before a booking is cancelled, and afterwards."""

from dataclasses import replace
from datetime import timedelta

import pytest

from booking.cancel import Terms
from booking.errors import BookingsOpen
from booking.money import Money
from booking.policy import Accepted, explain, refund_percent
from booking.refund import Purse, Source
from booking.shop_cancel import Stake
from db.states import BookingState, EndReason, RefundState
from handlers.keyboards import MAX_BYTES
from handlers.screens import cancel
from handlers.screens.booking import booking
from handlers.screens.booking_view import BookingView, RefundView
from handlers.screens.refund import read
from tests.handlers.conftest import NOW, START, read_aloud
from tests.handlers.rows import REFERENCE

POLICY = [Accepted(24, 100), Accepted(2, 50)]
REASON = "We <are> ill & sorry"


def euro(minor) -> Money:
    return Money(minor, "EUR")


VIEW = BookingView(
    reference=REFERENCE,
    status=BookingState.CONFIRMED,
    service_key="haircut",
    service="Haircut",
    staff="Chair 1",
    kind="in_person",
    start=START,
    end=START + timedelta(minutes=45),
    held_until=NOW,
    seats=1,
    price=euro(5000),
    discount=euro(0),
    coupon=None,
    due=euro(5000),
    tip=euro(0),
    onsite=euro(0),
    paid=euro(5000),
    charged=True,
    was_confirmed=True,
    contact={"name": "Zoë"},
)
FREE = replace(VIEW, charged=False, paid=euro(0), due=euro(0))


def terms(
    paid=5000, known=0, *, hours=30, onsite=0, onsite_paid=0, policy=POLICY, owed=5000
) -> Terms:
    at = START - timedelta(hours=hours)
    return Terms(
        purse=Purse(euro(paid), euro(known), (Source(1, paid - known),)),
        owed=euro(owed),
        percent=refund_percent(policy, START, at),
        ahead=tuple(one for one in explain(policy, START) if one.until >= at),
        onsite=euro(onsite),
        onsite_paid=euro(onsite_paid),
    )


TERMS = {
    "all of it": terms(),
    "half of it": terms(hours=3),
    "half of a deposit": terms(1000, hours=3, onsite=4000),
    "the rest was paid on site": terms(1000, hours=3, onsite_paid=4000),
    "half, less what was given back": terms(5000, 1000, hours=3),
    "had more already": terms(5000, 4000, hours=3),
    "paid twice": terms(10000, 0, hours=3),
    "too late": terms(hours=1),
    "nothing was paid": terms(0),
}


def test_a_customer_reads_to_the_cent_what_cancelling_gives_back(words, transcript):
    read = [
        f"== {name}\n{read_aloud(cancel.cancel(words, VIEW, one, number=7))}"
        for name, one in TERMS.items()
    ]
    assert "\n".join(read) == transcript


def stake(paid=5000, known=0, blocked=None) -> Stake:
    purse = Purse(euro(paid), euro(known), (Source(1, paid - known),))
    return Stake(purse.left, known, purse.paid, None if blocked else purse, blocked)


STAKES = {
    "paid": (VIEW, stake(), REASON),
    "partly given back": (VIEW, stake(5000, 1000), ""),
    "nothing left": (VIEW, stake(5000, 5000), ""),
    "free": (FREE, stake(0), ""),
    "unpaid": (replace(FREE, status=BookingState.AWAITING_PAYMENT), stake(0), ""),
    "under way": (replace(FREE, status=BookingState.PROCESSING), stake(0), ""),
    "the rest was paid on site": (
        replace(VIEW, onsite=euro(4000), onsite_paid=True),
        stake(1000),
        "",
    ),
    "blocked": (VIEW, stake(0, blocked=BookingsOpen()), ""),
}


def test_an_admin_reads_the_exact_effect(words, transcript):
    read = [
        f"== {name}\n"
        + read_aloud(cancel.shop_cancel(words, view, one, reason=reason, number=2**31))
        for name, (view, one, reason) in STAKES.items()
    ]
    assert "\n".join(read) == transcript


def ended(reason=EndReason.SHOP, refunds=(), **values) -> BookingView:
    over = {"status": BookingState.CANCELLED, "end_reason": reason, **values}
    return replace(VIEW, refunds=refunds, **over)


ON_ITS_WAY = (RefundView(euro(2500), RefundState.PENDING),)
ENDED = {
    "half is on its way": ended(EndReason.CUSTOMER, ON_ITS_WAY),
    "half is back": ended(
        EndReason.CUSTOMER, (RefundView(euro(2500), RefundState.SUCCEEDED),), given_back=euro(2500)
    ),
    "nothing comes back": ended(EndReason.CUSTOMER),
    "the refund failed": ended(
        EndReason.CUSTOMER, (RefundView(euro(2500), RefundState.FAILED),), given_back=euro(0)
    ),
    "all is on its way": ended(refunds=(RefundView(euro(5000), RefundState.ASKED),)),
    "a bank decides": ended(with_bank=euro(5000), from_bank=euro(0)),
    "a bank gave it back": ended(with_bank=euro(0), from_bank=euro(5000)),
    "the rest was due on site": ended(EndReason.CUSTOMER, ON_ITS_WAY, onsite=euro(4000)),
    "the rest was paid on site": ended(
        EndReason.CUSTOMER, ON_ITS_WAY, onsite=euro(4000), onsite_paid=True
    ),
    "the payment is under way": ended(
        charged=False, under_way=True, was_confirmed=False, paid=euro(0)
    ),
    "nothing was paid": ended(charged=False, paid=euro(0)),
}


def test_a_cancelled_booking_says_what_becomes_of_the_money(words, transcript):
    read = [
        f"== {name}\n{read_aloud(booking(words, view, now=NOW))}" for name, view in ENDED.items()
    ]
    told = [
        f"== told by the shop: {name}\n{cancel.cancelled_by_shop(words, view, why=why)}\n"
        for name, view in ENDED.items()
        if view.end_reason == EndReason.SHOP
        for why in ("", REASON)
    ]
    assert "\n".join([*read, *told]) == transcript


@pytest.mark.parametrize("minor", [0, 10**12])
def test_every_answer_fits_a_button_and_is_read_as_it_was_written(words, minor):
    screens = [
        cancel.cancel(words, VIEW, terms(minor, owed=minor), number=2**31),
        cancel.shop_cancel(words, VIEW, stake(minor), reason="", number=2**31),
    ]
    for screen in screens:
        answers = [button.data for row in screen.rows for button in row]
        assert all(len(data.encode()) <= MAX_BYTES for data in answers)
        question = read(answers[0].split(":")[-1])
        assert (question.amount, question.given_back, question.number) == (euro(minor), 0, 2**31)
