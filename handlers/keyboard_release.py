"""Take the reply keyboard away once its question is answered or left."""

from booking import notices
from booking.choices import Step
from booking.ports import Environment
from db.models import Draft
from handlers.context import Guest


async def release_keyboard(
    env: Environment, guest: Guest, draft: Draft | None, *, answered: bool = False
) -> None:
    """Send the message that removes the keyboard of "Share my number", if that is shown now.

    Telegram removes a reply keyboard only with a message that carries no buttons of its own, so
    this goes ahead of the next screen.
    """
    if draft is None or draft.step != Step.PHONE:
        return
    await notices.show(
        env,
        customer=guest.customer,
        key=f"{guest.turn.update_id}:released",
        view="page",
        ref="answered" if answered else "released",
    )
