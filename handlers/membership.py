"""People who block the bot, and come back."""

from telegram import ChatMember, Update
from telegram.constants import ChatType

from booking import customers
from handlers.context import Visit, meet


async def changed(update: Update, visit: Visit) -> None:
    """Note that somebody blocked or unblocked the bot in their private chat."""
    member, user = update.my_chat_member, update.effective_user
    if member is None or user is None or member.chat.type != ChatType.PRIVATE:
        return
    if member.new_chat_member.status == ChatMember.BANNED:
        await customers.blocked(visit.env, telegram_id=user.id)
        return
    await meet(update, visit)
