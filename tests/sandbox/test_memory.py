"""The pretend world kept in a file goes on as if nothing had happened."""

from dataclasses import fields

import aiohttp
import pytest

from sandbox.memory import STORE, UnreadableWorldError
from sandbox.panel import CAST
from sandbox.stripe.store import Store
from sandbox.world import World, running
from tests.sandbox.control import Control
from tests.sandbox.test_world import events_received

ADA = CAST[0].id
PENDING_REFUND = "4000000000007726"


async def session_of(world):
    """A new Checkout session, made over HTTP."""
    async with aiohttp.ClientSession() as http:
        return await Control(http, world).checkout()


def kept(world, file):
    """The world as a new process would find it."""
    world._memory.save(file, world.base_url)
    again = World(base_url=world.base_url)
    again.remember(file)
    return again


async def test_chats_go_on_with_numbers_nobody_has_seen(tmp_path):
    async with running(World()) as world:
        number = await world.telegram.say(ADA, "/start")
        update = world.telegram.server.inbox.last_id
        world.clock.advance(3600)
        again = kept(world, tmp_path / "world.bin")
    assert again.telegram.transcript(ADA) == world.telegram.transcript(ADA)
    assert [one.id for one in again.telegram.server.inbox.alive()] == [update]
    assert await again.telegram.say(ADA, "hello") > number + 100
    assert again.telegram.server.inbox.last_id > update + 100
    assert again.clock.ahead == pytest.approx(3600)


async def test_what_was_to_happen_at_stripe_still_happens(tmp_path):
    async with running(World()) as world:
        open_one, paid = await session_of(world), await session_of(world)
        await world.stripe.pay(paid["id"], PENDING_REFUND)
        charge = world.stripe.ledger()["charges"][0]["id"]
        assert world.stripe.refund(charge, 400)["status"] == "pending"
        again = kept(world, tmp_path / "world.bin")
    async with events_received() as (url, types), running(again):
        again.stripe.add_endpoint(url, "whsec_x")
        await again.advance(24 * 3600 + 60)
        await again.stripe.settle()
    states = {one["id"]: one["status"] for one in again.stripe.ledger()["sessions"]}
    assert states == {open_one["id"]: "expired", paid["id"]: "complete"}
    assert [one["status"] for one in again.stripe.ledger()["refunds"]] == ["succeeded"]
    assert {"checkout.session.expired", "refund.updated"} <= set(types)


async def test_an_event_nobody_took_is_tried_again_after_a_restart(tmp_path):
    async with running(World()) as world:
        endpoint = world.stripe.add_endpoint("http://127.0.0.1:9/hook", "whsec_x")
        session = await session_of(world)
        world.stripe.expire(session["id"])
        await world.stripe.settle()
        again = kept(world, tmp_path / "world.bin")
    async with events_received() as (url, types), running(again):
        assert types == []
        again.stripe.store.endpoints[endpoint["id"]]["url"] = url
        await again.advance(6)
        await again.stripe.settle()
        assert types == ["checkout.session.expired"]


async def test_ids_given_after_a_restart_are_new(tmp_path):
    async with running(World()) as world:
        first = await session_of(world)
        again = kept(world, tmp_path / "world.bin")
    async with running(again):
        second = await session_of(again)
    assert first["id"] != second["id"]
    assert len(again.stripe.ledger()["sessions"]) == 2


async def test_keys_that_were_rolled_stay_so(tmp_path):
    async with running(World()) as world:
        key, token = world.stripe.roll_key(overlap=60), world.telegram.revoke_token()
        again = kept(world, tmp_path / "world.bin")
    assert again.stripe.secret_key == key
    assert again.stripe.store.keys == world.stripe.store.keys
    assert again.telegram.token == token


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\x80\x04N."])
def test_a_damaged_file_is_refused(tmp_path, damage):
    file = tmp_path / "world.bin"
    file.write_bytes(damage)
    with pytest.raises(UnreadableWorldError, match=str(file)):
        World().remember(file)


def test_everything_stripe_remembers_is_kept_or_made_anew():
    anew = {
        "clock",
        "dates",
        "public_url",
        "business_name",
        "ids",
        "on_event",
        "delivered",
        "request",
    }
    anew |= {"country", "terms_url_set", "refund_delay", "delayed_method_delay", "dispute_delay"}
    assert {field.name for field in fields(Store)} == set(STORE) | anew
