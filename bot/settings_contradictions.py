"""What single settings cannot tell: whether they fit together."""

from collections.abc import Iterator

from bot.settings_models import StripeSettings, TelegramSettings, WebSettings


def contradictions(
    telegram: TelegramSettings, stripe: StripeSettings, web: WebSettings, *, unsigned: bool
) -> Iterator[str]:
    """Yield one line a mistake, naming the key; `unsigned` allows no signing secret."""
    if telegram.receive == "webhook":
        if not telegram.webhook_secret.get_secret_value():
            yield 'telegram.webhook_secret: is needed with receive = "webhook"'
        if not web.is_https and "api.telegram.org" in telegram.api_url:
            yield 'web.public_url: Telegram sends webhooks to https:// only; or receive = "polling"'
    if not stripe.webhook_secrets and not unsigned:
        hint = "booking-bot check --fix makes the endpoint and writes it"
        yield f"stripe.webhook_secrets: is empty ({hint})"
    if stripe.checkout == "elements":
        yield 'stripe.checkout: "elements" is not built yet; use "hosted"'
    if stripe.livemode and not web.is_https:
        yield "web.public_url: must be https:// with a live Stripe key"
