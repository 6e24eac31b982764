"""What is said to the outside before anybody writes: when the bot comes up, and by its check-up."""

import asyncio
from dataclasses import dataclass

from booking.caught import Caught
from bot.config import read
from bot.doctor import CHECKS, FIXES
from bot.stripe_endpoint import Ailment
from bot.wording import first_line
from handlers.stripe_events import TYPES
from tests.engines import second_connection
from tests.outside.cells import LENGTHS, Cell
from tests.outside.stage import stage

PATIENCE_SECONDS = 300
HITS = 2
FORMER = 777
"""An admin of an earlier start."""
HURRY_SECONDS = 0.5
INTRODUCING = ("MyCommands", "Description", "ShortDescription")


@dataclass(frozen=True)
class Named:
    """A call that is known by its name alone."""

    name: str
    match: str
    check: str = ""
    """Which check makes it."""


class BeginningCell(Cell):
    """A call made while the bot comes up."""

    async def play(self, folder, url) -> None:
        receive = "webhook" if self.call.name == "setWebhook" else "polling"
        tasks = []
        if self.call.name == "deleteMyCommands":
            await _had_another_admin(url)

        def fails(sandbox, way) -> None:
            sandbox.telegram.person(FORMER).started = True
            tasks.append(asyncio.ensure_future(self._mended(sandbox, way)))

        async with stage(folder, url, before=fails, receive=receive) as opened:
            await asyncio.gather(*tasks)
            await opened.recovers()
            await opened.says("/help")
            assert opened.reads("/bookings"), opened.story()
            assert self._is_done(opened), f"{self.call.name} was never done"

    async def _mended(self, sandbox, way) -> None:
        """Let it fail, until it failed often enough."""
        loop = asyncio.get_running_loop()
        times = LENGTHS[self.length]
        enough = min(times, HITS)
        if self.kind.name == "refused":
            way.shut()
            for _ in range(HITS * 4):
                await asyncio.sleep(0.05)
                loop.hurry(HURRY_SECONDS)
            await way.reopen()
        else:
            fault = sandbox.telegram.faults.add(
                match=self.call.match, kind=self.kind.name, times=times
            )
            for _ in range(PATIENCE_SECONDS):
                await asyncio.sleep(0.02)
                if times - fault.times >= enough:
                    break
                if times - fault.times or self._has_begun(sandbox):
                    loop.hurry(HURRY_SECONDS)
            sandbox.telegram.faults.planned.clear()
        for _ in range(PATIENCE_SECONDS):
            if self._has_ended(sandbox):
                return
            await asyncio.sleep(0.01)
            loop.hurry(HURRY_SECONDS)

    def _has_begun(self, sandbox) -> bool:
        return bool(sandbox.telegram.calls)

    def _has_ended(self, sandbox) -> bool:
        said = {call.method for call in sandbox.telegram.calls if not call.error}
        return {"getMe", "setMyShortDescription", self.call.name} <= said or (
            self._is_a_mistake() and "getMe" in said
        )

    def _is_a_mistake(self) -> bool:
        """Telegram refuses the words themselves, or has nobody there: the bot does without."""
        refusing = ("400", "403") if self.call.name == "deleteMyCommands" else ("400",)
        return self.kind.name.startswith(refusing) and self.call.name.endswith(INTRODUCING)

    def _is_done(self, opened) -> bool:
        calls = [one for one in opened.telegram.calls if one.method == self.call.name]
        return self._is_a_mistake() or any(not call.error for call in calls)


async def _had_another_admin(url: str) -> None:
    async with second_connection(url) as other:
        await other.rows(f"INSERT INTO installation (key, value) VALUES ('admins', '[{FORMER}]')")


class CheckCell(Cell):
    """A call of `booking-bot check`: one line says what is wrong, and the next run is well."""

    async def go(self, opened) -> None:
        settings = read(opened.world.bot.config)
        check = (CHECKS | FIXES if "fix" in self.call.name else CHECKS)[self.call.check]
        if "fix" in self.call.name:
            self._spoil(opened)
        fails = opened.telegram_fails if "Telegram" in self.call.check else opened.stripe_fails
        fails(self.call.match, self.kind.name, LENGTHS[self.length])
        async with Caught() as caught:
            said = await opened.meanwhile(check(settings), seconds=PATIENCE_SECONDS)
            assert said, "no answer at all"
        if caught.error:
            assert isinstance(caught.error, Ailment), repr(caught.error)
            assert first_line(caught.error)
        await opened.recovers()
        said = await opened.meanwhile(check(read(settings.file)), seconds=PATIENCE_SECONDS)
        assert said
        if "fix" in self.call.name:
            enabled = [
                one
                for one in opened.world.store.endpoints.values()
                if one["status"] == "enabled" and one["url"].startswith(opened.world.bot.url)
            ]
            assert len(enabled) == 1
            assert set(TYPES) <= set(enabled[0]["enabled_events"])

    def _spoil(self, opened) -> None:
        endpoints = opened.world.store.endpoints
        if "create" in self.call.name:
            endpoints.clear()
        else:
            next(iter(endpoints.values()))["enabled_events"] = [TYPES[0]]


AT_THE_START = [
    Named(method, f"^{method}$")
    for method in (
        "getMe",
        "deleteWebhook",
        "setWebhook",
        "setMyCommands",
        "deleteMyCommands",
        "getMyDescription",
        "setMyDescription",
        "getMyShortDescription",
        "setMyShortDescription",
    )
]
OF_TELEGRAM = [
    Named("getMe (check)", "^getMe$", "Telegram"),
    Named("getChat", "^getChat ", "Telegram"),
    Named("getWebhookInfo", "^getWebhookInfo$", "Telegram updates"),
]
OF_STRIPE = [
    Named("balance.retrieve", "GET /v1/balance$", "Stripe"),
    Named("webhook_endpoints.list", "GET /v1/webhook_endpoints$", "Stripe webhook"),
    Named("webhook_endpoints.create (fix)", "POST /v1/webhook_endpoints$", "Stripe webhook"),
    Named("webhook_endpoints.update (fix)", "POST /v1/webhook_endpoints/", "Stripe webhook"),
]
