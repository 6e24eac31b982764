"""The tips of the summary: a row of per cents with their amounts, the chosen one marked."""

from typing import Final

from booking.pricing import Quote, tip_on
from booking.tips import chosen
from handlers import formats
from handlers.keyboards import Verb, rows_of
from handlers.outgoing import Button, Rows, Style
from handlers.screens.frame import Frame

NONE: Final = "none"
WIDTH: Final = 2


def rows(frame: Frame, price: Quote) -> Rows:
    """Return the tips that can be given; the chosen one is taken away by its own button."""
    words, marked = frame.words, chosen(frame.choices, frame.words.shop)
    buttons = []
    for percent in words.shop.tips:
        tip = tip_on(price, percent)
        if not tip:
            continue
        is_chosen = percent == marked
        key = "button.tip_chosen" if is_chosen else "button.tip"
        buttons.append(
            Button(
                words.plain(key, percent=percent, amount=formats.money(words, tip)),
                data=frame.tap(Verb.TIP, NONE if is_chosen else str(percent)),
                style=Style.SUCCESS if is_chosen else None,
            )
        )
    if price.tip:
        buttons.append(Button(words.plain("button.no_tip"), data=frame.tap(Verb.TIP, NONE)))
    return rows_of(buttons, WIDTH)
