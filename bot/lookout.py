"""The lookout: who sees what goes on, and answers `/metrics` and `/readyz` with it."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Self

from booking.apart import Apart
from booking.ports import Clock
from bot import chronicle
from bot.config import Settings
from bot.health import Readiness
from bot.metrics import Metrics
from bot.outside import Outside
from bot.proxies import networks
from bot.scrape import Scrape
from db import witness
from db.urls import engine_of


class Lookout:
    """Count and note as long as it is open."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        engine = engine_of(settings.database.url.get_secret_value())
        self.metrics = Metrics(clock, currency=settings.shop.currency, engine=engine)
        self.telegram = Outside(clock, self.metrics.telegram)
        self.stripe = Outside(clock, self.metrics.stripe)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for each in (self.metrics.witness, chronicle.write):
            self._stack.callback(witness.subscribe(each))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def readiness(self, is_up: Callable[[], bool], apart: Apart) -> Readiness:
        """Return who answers `/readyz`; `is_up` tells whether Telegram has been set up."""
        return Readiness(telegram=self.telegram, stripe=self.stripe, is_up=is_up, apart=apart)

    def scrape(self, ready: Readiness, apart: Apart) -> Scrape:
        """Return who answers `/metrics`."""
        web = self._settings.web
        return Scrape(
            self.metrics,
            clock=self._clock,
            currency=self._settings.shop.currency,
            token=web.metrics_token.get_secret_value(),
            proxies=networks(web.trusted_proxies),
            reasons=ready.reasons,
            apart=apart,
        )
