"""The judge of the kills sees what it is there to see: each loss is made by hand, one at a time."""

import random

from db.urls import path_of
from tests.chaos.judge import Judge
from tests.chaos.people import People
from tests.chaos.scene import open_scene
from tests.engines import second_connection
from tests.replicas.check import Findings
from tests.replicas.customers import FIRST

PAGE = 4096


async def test_nothing_that_is_lost_or_doubled_escapes_the_judge(tmp_path, sqlite_engine):
    url = sqlite_engine.fresh()
    async with open_scene(tmp_path, url, seed=7) as scene:
        await scene.bot.start()
        buyer = People(scene.world, random.Random(0))
        await buyer._buys(FIRST)
        await scene.calm()
        judge = Judge(scene, url)
        assert (await judge.now()).wrong == []

        async def complains(words: str) -> bool:
            return any(words in one for one in (await judge.now()).wrong)

        said = scene.diary.said[FIRST]
        twice = next(iter(said))
        said[twice] += 1
        assert await complains("again, nothing in doubt")
        said[twice] -= 1

        scene.postman.accepted.add("evt_nobody_took_in")
        assert await complains("events were lost")
        scene.postman.accepted.clear()

        scene.diary.updates.append({"update_id": 0})
        assert await complains("updates were lost")
        scene.diary.updates.pop()

        async with second_connection(url) as other:
            await other.rows("UPDATE attempt SET paid_minor = paid_minor - 1")
            assert await complains("another amount")
            await other.rows("UPDATE attempt SET paid_minor = paid_minor + 1")
            await other.rows("UPDATE unit SET number = number + 1000 WHERE id = 1")
            await other.rows("DELETE FROM seat")
            assert await complains("has 0 seats")
            assert await complains("check says")

        await scene.bot.stop()
        file = path_of(url)
        with file.open("r+b") as raw:
            raw.seek(PAGE)
            raw.write(b"\xff" * (file.stat().st_size - 2 * PAGE))
        found = Findings()
        await judge.integrity(found)
        assert found.wrong != []
