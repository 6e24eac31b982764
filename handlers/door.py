"""What every door of the chat and of the web receives from the process."""

from collections.abc import Callable
from dataclasses import dataclass

from booking.ports import Environment
from db.models import Customer
from handlers.tokens import Tokens
from handlers.words import Words, words_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What the doors need from the process."""

    env: Environment
    tokens: Tokens
    answer: Callable[[str, str | None], None]
    """Answers a press by its id, with a toast or without; returns at once."""
    bot_username: Callable[[], str]
    """The bot's @name without the @; "" while Telegram has not told it."""
    deep_links: str = "https://t.me"
    """What links into the chat begin with."""
    dashboard: str = "https://dashboard.stripe.com"
    """What links into Stripe's Dashboard begin with."""

    def words(self, customer: Customer | None) -> Words:
        """Return the words of a customer, or the shop's default."""
        spoken = customer.language if customer is not None else None
        return words_of(spoken or self.env.shop.default_language, self.env.shop)

    def link(self, payload: str) -> str:
        """Return the address that opens the chat with a start payload; "" while unknown."""
        name = self.bot_username()
        return f"{self.deep_links}/{name}?start={payload}" if name else ""
