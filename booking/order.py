"""An order: a finished draft, priced, with the places it could take."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from zlib import crc32

from booking import availability, coupons, tips
from booking.availability import Place
from booking.catalog import Coupon, Service
from booking.catalog_store import Shelf
from booking.choices import ANY, Choices
from booking.errors import PriceChanged, Refusal, SlotTaken
from booking.ports import Environment
from booking.pricing import Quote, quote
from booking.schedule import cells
from db import claims
from db.models import Draft


@dataclass(frozen=True, slots=True)
class Order:
    """A finished draft, priced, with the places it could take, the fairest first."""

    draft: Draft
    choices: Choices
    service: Service
    start: datetime
    seats: int
    places: tuple[Place, ...]
    price: Quote
    coupon: Coupon | None

    @property
    def end(self) -> datetime:
        """Return when the service ends, without its buffers."""
        return self.start + timedelta(minutes=self.service.duration)

    @property
    def cells(self) -> range:
        """Return the cells it needs, buffers included."""
        service = self.service
        return cells(self.start, service.duration, service.buffer_before, service.buffer_after)

    async def may_be_free(self) -> bool:
        """Look once more, at what is committed by now, before anything is written in vain."""
        for place in self.places:
            if await claims.is_free(
                unit_id=place.unit_id,
                service_id=place.service_id,
                start=self.start,
                cells=self.cells,
                capacity=self.service.capacity,
                seats=self.seats,
            ):
                return True
        return False


async def price(
    env: Environment, now_shelf: Shelf, draft: Draft, service: Service, *, shown: str = ""
) -> Order:
    """Price a finished draft and find its places, the fairest first.

    `shown` is what the customer was shown (`shown_terms`). Raises SlotTaken, PriceChanged and the
    refusals of coupons.
    """
    choices = Choices.from_json(draft.choices)
    start = datetime.fromtimestamp(choices.start or 0, UTC)
    seats = choices.seats or 1
    # A plain read sends most losers of a race away before they open a transaction.
    places = await availability.at(
        env,
        service_key=service.key,
        staff_key=None if choices.staff == ANY else choices.staff,
        start=start,
        seats=seats,
    )
    if not places:
        raise SlotTaken
    asked, coupon = _quoted(env, now_shelf, choices, service, shown)
    return Order(draft, choices, service, start, seats, tuple(places), asked, coupon)


def _quoted(
    env: Environment, now_shelf: Shelf, choices: Choices, service: Service, shown: str
) -> tuple[Quote, Coupon | None]:
    """Price with the tip and the coupon, unless the price shown was already without the coupon.

    Then the summary said why it takes nothing off, and was confirmed all the same.
    """
    ask = partial(
        quote,
        service,
        choices.seats or 1,
        currency=env.shop.currency,
        tip=tips.chosen(choices, env.shop),
    )
    today = env.clock.now().astimezone(env.shop.timezone).date()
    coupon = None
    try:
        coupon = coupons.find(now_shelf, choices.coupon, service=service.key, today=today)
    except Refusal:
        if shown != shown_terms(service, ask(coupon=None)):
            raise
    asked = ask(coupon=coupon)
    if shown and shown != shown_terms(service, asked):
        raise PriceChanged
    return asked, coupon


def shown_terms(service: Service, asked: Quote) -> str:
    """Return what a Confirm button remembers of the price, tip, duration and policy beside it."""
    terms = [service.duration, [(step.hours, step.refund) for step in service.cancellation]]
    if asked.tip:
        terms.append(asked.tip.minor)
    return f"{asked.due.minor}-{asked.onsite.minor}-{crc32(repr(terms).encode()):x}"
