"""Tips: offered on the summary in per cent, chosen and taken away by a tap."""

from booking import notices
from booking.choices import Choices
from booking.draft import choose
from booking.errors import TipNotOffered
from booking.ports import Environment, Shop
from booking.turn import Turn
from db.models import Draft


def chosen(choices: Choices, shop: Shop) -> int:
    """Return the chosen tip in per cent; 0 when there is none, or it is offered no more."""
    percent = choices.tip or 0
    return percent if percent in shop.tips else 0


async def give(env: Environment, turn: Turn, *, draft: Draft, percent: int | None) -> bool:
    """Put a tip on a draft, or take it away with None, and show the summary.

    A tip that is not offered (any more) is refused in words, and what was chosen stays. Returns
    False when somebody changed the draft meanwhile.
    """
    if percent is None or percent in env.shop.tips:
        return await choose(env, turn, draft=draft, tip=percent)
    remark = notices.refused(TipNotOffered(percent=percent))
    return await choose(env, turn, draft=draft, remark=remark)
