"""Which message of a chat is the live one: the last with buttons."""

from db.transactions import rows, run


async def live_message(chat_id: int) -> int | None:
    """Return the id of the chat's live message."""
    found = await rows("SELECT live_message_id FROM customer WHERE telegram_id = ?", [chat_id])
    number: int | None = found[0]["live_message_id"] if found else None
    return number


async def keep_live_message(chat_id: int, message_id: int) -> None:
    """Remember the live message; nothing is written when it still is the same."""
    await run(
        "UPDATE customer SET live_message_id = ? WHERE telegram_id = ?"
        " AND (live_message_id IS NULL OR live_message_id <> ?)",
        [message_id, chat_id, message_id],
    )
