"""The work of bookings that happens later: job kind → use case."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from booking.complete import complete
from booking.customers import ERASE, erase_lane
from booking.dispute import remind_dispute
from booking.mismatch import return_stray
from booking.offer import end_offer, make_offer
from booking.pay import create_checkout
from booking.ports import Environment
from booking.refund_work import ask_refund, check_refund
from booking.release import end_dead_hold, end_hold
from booking.remind_work import remind_of_appointment, remind_of_payment
from booking.requests import cancel_unpaid, check_payment
from booking.shop_cancel import close_and_cancel
from db.jobs import Job

WORK: Final[Mapping[str, Callable[[Environment, Job], Awaitable[None]]]] = {
    "create_checkout": create_checkout,
    "make_offer": make_offer,
    "end_offer": end_offer,
    "return_stray": return_stray,
    "end_hold": end_hold,
    "end_dead_hold": end_dead_hold,
    "check_payment": check_payment,
    "cancel_unpaid": cancel_unpaid,
    "ask_refund": ask_refund,
    "check_refund": check_refund,
    "close_and_cancel": close_and_cancel,
    "remind_dispute": remind_dispute,
    "remind_of_payment": remind_of_payment,
    "remind_of_appointment": remind_of_appointment,
    "complete": complete,
    ERASE: erase_lane,
}
