"""One call, one fault: what is done while it fails, and what must be seen of it."""

from dataclasses import dataclass
from pathlib import Path

from booking.caught import Caught
from tests.outside.stage import LASTING, stage

ONCE = 1
LENGTHS = {"once": ONCE, "lasting": LASTING}


@dataclass(frozen=True)
class Cell:
    """One call, one fault, once or until it is mended."""

    call: object
    kind: object
    length: str

    def __str__(self) -> str:
        return f"{self.call.name} × {self.kind.name} {self.length}"

    async def play(self, folder: Path, url: str) -> None:
        """Do what needs the call while it fails; see what people read, and how it all ends."""
        async with stage(folder, url, **self.options()) as opened:
            async with Caught() as caught:
                await self.go(opened)
            if caught.error:
                raise AssertionError(f"{caught.error}\n{opened.story()}") from caught.error

    @property
    def side(self) -> str:
        """Whose kinds of faults they are."""
        return type(self.kind).__module__

    def options(self) -> dict[str, str]:
        return {}


class StripeCell(Cell):
    """A call of Stripe."""

    async def go(self, opened) -> None:
        call, kind = self.call, self.kind
        await call.before(opened)
        opened.stripe_fails(call.match, kind.name, LENGTHS[self.length])
        await call.act(opened)
        await opened.five_seconds()
        assert call.told(opened), "nobody is told anything"
        await opened.recovers()
        await call.again(opened)
        await call.ended(opened, kind)
        assert await opened.dead() == [], "given up"
        await opened.keeps_the_laws(errors=kind.refuses)


class TelegramCell(Cell):
    """A call of the Bot API."""

    def options(self) -> dict[str, str]:
        return {"receive": "polling"} if self.call.method == "getUpdates" else {}

    async def go(self, opened) -> None:
        call, kind = self.call, self.kind
        await call.before(opened)
        match = call.match(kind, lasting=self.length == "lasting")
        opened.telegram_fails(match, kind.name, LENGTHS[self.length])
        await call.act(opened)
        await opened.five_seconds()
        await opened.recovers(tried=call.method != "getUpdates")  # that is tried for ever
        await call.ended(opened, kind)
        await opened.world.settle()
        left = await opened.open_jobs()
        assert left == [], f"not done a minute after the last fault: {left}"
        assert opened.world.errors() == "" or kind.never
