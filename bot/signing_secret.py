"""Where the signing secret Stripe tells once is kept: in the configuration file, if it can be."""

import tomllib

from bot import files
from bot.config import Settings
from bot.config_text import with_first_member

SECTION, KEY = "stripe", "webhook_secrets"


class NotKept(Exception):
    """The configuration file cannot take the secret; the message says why."""


def keep(settings: Settings, secret: str) -> None:
    """Put a secret before those of stripe.webhook_secrets; raise NotKept, with nothing changed."""
    file = settings.file
    try:
        text = file.read_text(encoding="utf-8")
        section = tomllib.loads(text).get(SECTION, {})
        if f"{KEY}_file" in section:
            raise NotKept(f"they come from {section[f'{KEY}_file']}")
        known = [one.get_secret_value() for one in settings.stripe.webhook_secrets]
        if section.get(KEY, []) != known:
            raise NotKept("they come from the environment")
        changed = with_first_member(text, SECTION, KEY, secret)
        if changed is None:
            raise NotKept(f"{file} is written in an unusual way")
        files.replace(file, changed)
    except OSError as error:
        raise NotKept(f"{file}: {error.strerror}") from error
