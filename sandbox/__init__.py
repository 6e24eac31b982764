"""A pretend Telegram and a pretend Stripe, over HTTP only; imports nothing of the product."""
