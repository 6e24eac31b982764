"""The sections of the configuration: every key, its default, and what it may be."""

import re
from collections.abc import Callable
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from bot.settings_checks import (
    database_address,
    known_currency,
    network,
    offered_tips,
    one_line,
    plain_origin,
    sealing_key,
    sendable,
    spoken_languages,
    support_address,
    timezone,
    web_address,
)


class Section(BaseModel):
    """A table of the configuration file; unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def secret_like(pattern: str, hint: str) -> AfterValidator:
    """Accept a secret that is empty or matches; the message never contains the value."""

    def check(value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not re.fullmatch(pattern, value.get_secret_value()):
            raise ValueError(hint)
        return value

    return AfterValidator(check)


def required(value: SecretStr) -> SecretStr:
    """Refuse an empty secret."""
    if not value.get_secret_value():
        raise ValueError("is empty")
    return value


def each(check: Callable[[str], object]) -> AfterValidator:
    """Apply a check to every member of a list."""

    def check_all(values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            check(value)
        return values

    return AfterValidator(check_all)


Token = Annotated[
    SecretStr,
    AfterValidator(required),
    secret_like(r"[0-9]+:[A-Za-z0-9_-]+", "must look like 123456789:AAF…, as @BotFather gives it"),
]
HookSecret = Annotated[
    SecretStr, secret_like(r"[A-Za-z0-9_-]{1,256}", "may have up to 256 letters, digits, _ and -")
]
StripeKey = Annotated[
    SecretStr,
    AfterValidator(required),
    secret_like(r"(sk|rk)_(test|live)_\w+", "must begin with sk_test_, sk_live_, rk_test_ …"),
]
SigningSecret = Annotated[
    SecretStr, AfterValidator(required), secret_like(r"whsec_\S+", "must begin with whsec_")
]
DatabaseUrl = Annotated[
    SecretStr,
    AfterValidator(required),
    secret_like(
        r"sqlite://.+|postgres(ql)?://.+", "must be sqlite://path or postgres://user:pass@host/db"
    ),
    AfterValidator(database_address),
]
SealingKey = Annotated[SecretStr, AfterValidator(sealing_key)]
Address = Annotated[str, AfterValidator(web_address)]
Origin = Annotated[str, AfterValidator(plain_origin)]
Positive = Annotated[float, Field(gt=0)]


class TelegramSettings(Section):
    """How to reach Telegram, and who the admins are."""

    token: Token
    api_url: Address = "https://api.telegram.org"
    receive: Literal["polling", "webhook"] = "polling"
    webhook_secret: HookSecret = SecretStr("")
    admins: tuple[Annotated[int, Field(gt=0)], ...] = ()
    admin_chat: int | None = None
    messages_per_second: Positive = 25


class StripeSettings(Section):
    """How to reach Stripe."""

    secret_key: StripeKey
    publishable_key: Annotated[str, Field(pattern=r"^(pk_(test|live)_\w+)?$")] = ""
    webhook_secrets: tuple[SigningSecret, ...]
    api_url: Address = "https://api.stripe.com"
    js_url: Address = "https://js.stripe.com/"
    checkout: Literal["hosted", "elements"] = "hosted"
    terms_consent: bool = False

    @property
    def livemode(self) -> bool:
        """Tell whether the key moves real money."""
        return self.secret_key.get_secret_value()[3:].startswith("live_")


class WebSettings(Section):
    """Where the web server listens, and under which address it is known."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: Origin
    trusted_proxies: Annotated[tuple[str, ...], each(network)] = ()
    metrics_token: SecretStr = SecretStr("")

    @property
    def is_https(self) -> bool:
        """Tell whether customers reach the shop by TLS."""
        return urlsplit(self.public_url).scheme == "https"


class DatabaseSettings(Section):
    """Where everything is kept."""

    url: DatabaseUrl = SecretStr("sqlite://data/booking.db")


class ShopSettings(Section):
    """Who sells."""

    name: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(one_line)]
    timezone: Annotated[str, AfterValidator(timezone)]
    currency: Annotated[str, AfterValidator(known_currency)]
    languages: Annotated[tuple[str, ...], Field(min_length=1), AfterValidator(spoken_languages)] = (
        "en",
    )
    support: Annotated[str, AfterValidator(support_address)] = ""
    address: str = ""
    terms_url: Address = ""
    privacy_url: Address = ""
    tax_text: str = ""
    tips: Annotated[
        tuple[Annotated[int, Field(gt=0, le=100)], ...], AfterValidator(offered_tips)
    ] = ()

    @property
    def zone(self) -> ZoneInfo:
        """Return the shop's time zone."""
        return ZoneInfo(self.timezone)


class BookingSettings(Section):
    """How bookings work; a service of the catalogue may decide otherwise for itself."""

    hold_minutes: Annotated[int, Field(ge=5, le=1440)] = 30
    late_offer_minutes: Annotated[int, Field(ge=5, le=1440)] = 30
    reminders_open_minutes: tuple[Annotated[float, Field(gt=0, le=1440)], ...] = (10,)
    reminders_before_hours: tuple[Annotated[float, Field(gt=0, le=17520)], ...] = (24, 2)
    slot_step_minutes: Annotated[int, Field(ge=5, le=1440, multiple_of=5)] = 15
    min_notice_minutes: Annotated[int, Field(ge=0)] = 60
    max_days_ahead: Annotated[int, Field(ge=1, le=730)] = 60
    max_open_bookings_per_customer: Annotated[int, Field(ge=1)] = 3


class EmailSettings(Section):
    """How mail leaves."""

    smtp_url: Annotated[SecretStr, secret_like(r"smtps?://.+", "must be smtp://… or smtps://…")] = (
        SecretStr("")
    )
    sender: Annotated[str, Field(alias="from")] = ""


class AnalyticsSettings(Section):
    """Where conversions are reported."""

    ga4_measurement_id: str = ""
    ga4_api_secret: SecretStr = SecretStr("")
    ga4_url: Address = ""
    meta_pixel_id: str = ""
    meta_access_token: SecretStr = SecretStr("")
    meta_url: Address = ""


class PrivacySettings(Section):
    """How personal data is sealed, and for how long it is kept."""

    key: SealingKey = SecretStr("")
    old_keys: tuple[SealingKey, ...] = ()
    retention_days: Annotated[int, Field(ge=0)] = 0


class LogSettings(Section):
    """What is said in the log."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"
    sentry_dsn: Annotated[
        SecretStr,
        secret_like(r"https?://[^\s/@]+@[^\s/@]+/\S+", "must be a DSN: https://key@host/project"),
        AfterValidator(sendable),
    ] = SecretStr("")
