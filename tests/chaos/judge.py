"""What must hold once all is done: one look at our books, our exports and both ledgers."""

import sqlite3
import tomllib

from db.urls import SQLITE, engine_of
from tests.chaos.people import ADMIN, STAFF
from tests.chaos.scene import CATALOG, Scene
from tests.engines import second_connection
from tests.replicas.check import Findings, check
from tests.simulation.laws import Laws
from tests.simulation.peace import Peace
from tests.simulation.world import Violation

UNITS = tomllib.loads(CATALOG)["staff"][0]["units"]
TAKEN_IN = "SELECT key FROM job WHERE kind IN ('update', 'stripe_event') AND done_at IS NOT NULL"


class Judge:
    """Hold the laws of the simulation and the check of the replicas against a scene at peace."""

    def __init__(self, scene: Scene, url: str):
        self._scene, self._url = scene, url
        self._laws, self._peace = Laws(scene, CATALOG), Peace(scene)

    async def now(self) -> Findings:
        """Say what is wrong; the bot may run, with nothing left to do."""
        scene, ledger = self._scene, self._scene.diary
        shop = await scene.books.value("SELECT value FROM installation WHERE key = 'shop_id'")
        scene.shop_id = str(shop)
        ledger.catch_up()
        found = await check(scene.world, scene.bot, self._url, units=UNITS)
        try:
            picture = await self._laws.now(ledger.readers, whole=True)
            await self._peace.now(picture)
        except Violation as violation:
            found.wrong.append(str(violation))
        await self._check(found)
        await self._inputs(found)
        self._said(found)
        found.wrong += scene.people.failed
        return found

    async def _check(self, found: Findings) -> None:
        """`booking-bot check` knows every invariant of our own books."""
        code, out, err = await self._scene.bot.command("check")
        found.must(code == 0, f"check says: {out}{err}")

    async def _inputs(self, found: Findings) -> None:
        """Every update that was sent and every event that was accepted has been dealt with."""
        done = {row["key"] for row in await self._scene.books.rows(TAKEN_IN)}
        updates = {f"upd:{one['update_id']}" for one in self._scene.diary.updates}
        found.must(updates <= done, f"updates were lost: {sorted(updates - done)[:10]}")
        events = {f"evt:{one}" for one in self._scene.postman.accepted}
        events |= {f"evt:{one['id']}" for one in self._scene.diary.events if self._arrives(one)}
        found.must(events <= done, f"events were lost: {sorted(events - done)[:10]}")

    def _arrives(self, event: dict) -> bool:
        return event["id"] in self._scene.stripe.webhooks.arrived

    def _said(self, found: Findings) -> None:
        """Whoever comes once is told nothing twice, unless an answer of Telegram was lost.

        Then a screen may come more than twice: a tap on the first copy is answered below both.
        """
        ledger = self._scene.diary
        for chat in ledger.said:
            repeated, lost = ledger.repeated(chat), ledger.lost[chat]
            if chat not in {ADMIN, STAFF} and repeated and not lost:
                story = self._scene.world.telegram.transcript(chat)
                found.wrong.append(f"{chat} was told {repeated} again, nothing in doubt:\n{story}")

    async def integrity(self, found: Findings) -> None:
        """Ask SQLite whether its file is whole."""
        if engine_of(self._url) != SQLITE:
            return
        async with second_connection(self._url) as other:
            try:
                said = await other.value("PRAGMA integrity_check")
            except sqlite3.DatabaseError as error:
                said = error
            found.must(said == "ok", f"integrity_check: {said}")
