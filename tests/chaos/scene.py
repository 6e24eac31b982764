"""Where it all happens: the pretend world, the real process beside it, and who comes there."""

import asyncio
import random
from contextlib import asynccontextmanager
from pathlib import Path

from handlers.stripe_events import TYPES
from sandbox.stripe.store import Ids
from tests.chaos.ledger import Ledger
from tests.chaos.people import ADMIN, STAFF, People
from tests.chaos.postman import Postman
from tests.process import WEBHOOK_SECRET, Bot, sandbox
from tests.simulation.books import Books, open_books

CATALOG = (Path(__file__).parent / "shop.toml").read_text()
CALM_SECONDS = 90
PAUSE = 0.5
OPEN = """SELECT kind, key, last_error FROM job WHERE done_at IS NULL AND dead_at IS NULL
AND (run_at <= {now} OR last_error IS NOT NULL)"""


class Scene:
    """Everything the people, the killer and the judges look at; opened by `open_scene`."""

    def __init__(self, world, bot: Bot, books: Books, ledger: Ledger, seed: int):
        self.world, self.bot, self.books, self.diary = world, bot, books, ledger
        self.stripe, self.store, self.server = (
            world.stripe,
            world.stripe.store,
            world.telegram.server,
        )
        self.dice = random.Random(f"kills {seed}")
        self.people = People(world, random.Random(f"people {seed}"))
        self.postman = Postman(world, bot, ledger, random.Random(f"events {seed}"))
        self.shop_id = ""

    @property
    def now_ms(self) -> int:
        return round(self.world.clock.now() * 1000)

    def errors(self) -> str:
        """Give what the bot logged as an error."""
        return "\n".join(self.bot.errors())

    def failed_posts(self) -> int:
        """Count the deliveries of Stripe that the bot did not accept."""
        attempts = self.stripe.webhooks.attempts.values()
        return sum(not one["success"] for tries in attempts for one in tries)

    async def calm(self) -> None:
        """Wait until nothing is left to be done, with Stripe trying again at once."""
        async with asyncio.timeout(CALM_SECONDS):
            while left := await self._left():
                self.left = left
                for event in self.diary.undelivered():
                    self.stripe.webhooks.resend(event)
                await self.world.settle(within=CALM_SECONDS)
                await asyncio.sleep(PAUSE)

    async def _left(self) -> list:
        waiting = [one.as_api() for one in self.server.inbox.alive()]
        return (
            self.diary.undelivered() + waiting + await self.books.rows(OPEN.format(now=self.now_ms))
        )


@asynccontextmanager
async def open_scene(folder: Path, url: str, *, seed: int):
    """Open the world with an imported catalogue; the bot does not run yet."""
    async with sandbox() as world:
        world.stripe.store.ids = Ids(seed)
        ledger = Ledger(world.telegram, world.stripe)
        bot = Bot(folder, world, url, receive="polling", reminders="[0.05]", admin=ADMIN)
        admins = f"admins = [{ADMIN}]"
        told = bot.config.read_text().replace(admins, f"{admins}\nadmin_chat = {STAFF}")
        bot.config.write_text(told)
        world.telegram.group(STAFF, "Staff")
        world.stripe.send_events_to(f"{bot.url}/webhooks/stripe", WEBHOOK_SECRET, TYPES)
        await bot.imports(CATALOG)
        async with open_books(url) as books:
            scene = Scene(world, bot, books, ledger, seed)
            reading = asyncio.ensure_future(ledger.keep_reading())
            try:
                await world.telegram.start(ADMIN)
                yield scene
            finally:
                reading.cancel()
                await bot.kill()
