"""A sandbox that is served, and its control routes."""

import aiohttp
import pytest

from sandbox.world import World, running
from tests.sandbox.control import Control


@pytest.fixture
def world():
    return World()


@pytest.fixture
async def control(world):
    async with running(world), aiohttp.ClientSession() as session:
        yield Control(session, world)
