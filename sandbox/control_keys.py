"""The control route that rolls keys: in Stripe's Dashboard, or with /revoke at @BotFather."""

from sandbox.control_input import Input, WrongInputError
from sandbox.stripe import StripeSandbox
from sandbox.telegram import TelegramSandbox


class KeyControl:
    """Roll a key under the name it has in the shop's configuration."""

    def __init__(self, telegram: TelegramSandbox, stripe: StripeSandbox) -> None:
        self._telegram = telegram
        self._stripe = stripe

    async def roll(self, given: Input) -> object:
        """Give a new key; the old one is good for `overlap` seconds of the clock."""
        key, overlap = given.text("key"), given.number("overlap", 0.0, minimum=0.0)
        if key != "stripe.webhook_secrets" and "endpoint" in given.values:
            raise WrongInputError('"endpoint" goes with stripe.webhook_secrets only')
        if key == "stripe.secret_key":
            value = self._stripe.roll_key(overlap=overlap)
        elif key == "stripe.webhook_secrets":
            value = self._stripe.roll_secret(self._endpoint(given), overlap=overlap)
        elif key == "telegram.token":
            if overlap:
                raise WrongInputError('"overlap": the token of a bot ends at once')
            value = self._telegram.revoke_token()
        else:
            known = "stripe.secret_key, stripe.webhook_secrets, telegram.token"
            raise WrongInputError(f'"key" must be one of {known}')
        return {"key": key, "value": value}

    def _endpoint(self, given: Input) -> str:
        known = [*self._stripe.store.endpoints]
        if "endpoint" in given.values:
            return given.text("endpoint")
        if len(known) == 1:
            return known[0]
        raise WrongInputError(f'"endpoint" must be one of: {", ".join(known) or "none there yet"}')
