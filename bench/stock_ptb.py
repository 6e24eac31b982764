"""The press loop as python-telegram-bot's own examples have it: it keeps nothing.

python -m bench.stock_ptb BASE_URL
"""

import sys

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
)

from bench.bot_api import TOKEN

KEYBOARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton(str(4 * r + c), callback_data=f"d{4 * r + c}") for c in range(4)]
        for r in range(8)
    ]
)


async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Show the keyboard."""
    assert update.message
    await update.message.reply_text("Choose", reply_markup=KEYBOARD)


async def pressed(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Answer and edit."""
    query = update.callback_query
    assert query
    await query.answer()
    await query.edit_message_text("Chosen", reply_markup=KEYBOARD)


def main() -> None:
    """Poll until terminated."""
    app = Application.builder().token(TOKEN).base_url(f"{sys.argv[1]}/bot").build()
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CallbackQueryHandler(pressed))
    app.run_polling()


if __name__ == "__main__":
    main()
