"""What a booking costs, line by line.

The lines of the cost add up to what is paid online and what is due on site, which follow them.
"""

from markupsafe import Markup

from booking.money import Money
from handlers import formats
from handlers.words import Words


def cost(
    words: Words, price: Money, *, seats: int, discount: Money, coupon: str | None, tip: Money
) -> list[Markup]:
    """Say the price before the discount, what a coupon takes off it and what a tip adds."""
    said = [_price(words, price, seats)]
    if discount.minor:
        amount = formats.money(words, discount)
        said.append(words("line.discount", amount=amount, code=coupon or ""))
    if tip.minor:
        said.append(words("line.tip", amount=formats.money(words, tip)))
    return said


def _price(words: Words, price: Money, seats: int) -> Markup:
    amount = formats.money(words, price)
    if seats == 1:
        return words("line.price", amount=amount)
    each = formats.money(words, Money(price.minor // seats, price.currency))
    return words("line.price_each", amount=amount, seats=seats, each=each)


def onsite(words: Words, amount: Money, *, paid: bool = False) -> Markup | None:
    """Say what is due on site, or was paid there; None when nothing is."""
    if not amount.minor:
        return None
    key = "line.onsite_paid" if paid else "line.onsite"
    return words(key, amount=formats.money(words, amount))
