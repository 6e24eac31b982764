import asyncio
import re
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from sandbox.__main__ import describe
from sandbox.clock import SandboxClock
from sandbox.world import World
from tests.sandbox.telegram_client import listening


@asynccontextmanager
async def events_received():
    """Listen for Stripe's events; gives the address and the types received."""
    types = []

    async def take(request):
        types.append((await request.json())["type"])
        return web.Response()

    app = web.Application()
    app.router.add_post("/hook", take)
    async with listening(app) as base:
        yield f"{base}/hook", types


async def test_a_person_says_taps_and_presses_through_the_control_routes(control):
    said = await control.post("say", user="Ada", text="/start", language_code="bn")
    rows = [[{"text": "Book", "callback_data": "v1:book"}, {"text": "Site", "url": "https://a.b"}]]
    sent = await control.telegram(
        "sendMessage", chat_id=said["user"], text="Hi", reply_markup={"inline_keyboard": rows}
    )
    tapped = await control.post("tap", user="Ada", label="^Book")
    assert tapped == {"label": "Book", "kind": "callback", "value": "v1:book"}
    assert (await control.post("tap", user=said["user"], label="Site"))["kind"] == "url"
    message_id = sent["result"]["message_id"]
    await control.post("press", user="Ada", message_id=message_id, data="forged")
    await control.post("contact", user="Ada", phone="+4915112345678")
    await control.post("block", user="Ada")
    await control.post("block", user="Ada", blocked=False)
    kinds = [list(update)[1] for update in (await control.telegram("getUpdates"))["result"]]
    assert kinds == [
        "message",
        "callback_query",
        "callback_query",
        "message",
        "my_chat_member",
        "my_chat_member",
    ]
    async with control.session.get(
        f"{control.world.base_url}/sandbox/transcript?user=Ada&as=text"
    ) as got:
        assert got.content_type == "text/plain"
        assert (await got.text()).startswith("Ada: ")
    await control.get("transcript?user=Ada&as=poem", status=400)
    assert (await control.get("transcript?user=Ada"))["transcript"].splitlines() == [
        "Ada: /start",
        "bot: Hi",
        "     [Book] [Site -> https://a.b/]",
        "Ada taps [Book]",
        "Ada taps [Site]",
        "Ada presses forged",
        "Ada shares their contact +4915112345678",
        "Ada blocks the bot",
        "Ada unblocks the bot",
    ]


async def test_one_clock_moves_telegram_stripe_and_whoever_listens(control, world):
    told = []

    async def later(now):
        told.append(now)

    world.on_clock += [told.append, later]
    before = (await control.get("clock"))["now"]
    session = await control.checkout()
    await world.telegram.press("Ada", 1, "x")
    after = (await control.post("clock", seconds=25 * 3600))["now"]
    assert after == pytest.approx(before + 25 * 3600, abs=5)
    assert told == [after, after]
    assert (await control.telegram("getUpdates"))["result"] == []
    [seen] = (await control.get("ledger"))["sessions"]
    assert (seen["id"], seen["status"]) == (session["id"], "expired")


async def test_a_session_is_paid_its_event_delivered_again_and_all_is_in_the_ledger(control, world):
    async with events_received() as (url, types):
        world.stripe.add_endpoint(url, "whsec_test", ["checkout.session.completed"])
        session = await control.checkout()
        assert session["url"].startswith(f"{world.base_url}/stripe/")
        paid = await control.post("pay", session_id=session["id"], card="4242424242424242")
        assert paid["outcome"] == "paid"
        await control.post("say", user=5, text="paid")
        ledger = await control.get("ledger")
        event = next(e for e in ledger["events"] if e["type"] == "checkout.session.completed")
        await control.post("deliver", event_id=event["id"], times=2)
        await control.telegram("getUpdates", offset=-1)
        assert types == ["checkout.session.completed"] * 3
    assert [payment["status"] for payment in ledger["payments"]] == ["succeeded"]
    assert [message["text"] for message in ledger["messages"]["5"]] == ["paid"]


async def test_faults_are_planned_for_both(control):
    await control.post("faults", target="telegram", match="getMe", kind="429:3", times=1)
    assert (await control.telegram("getMe"))["parameters"] == {"retry_after": 3}
    assert (await control.telegram("getMe"))["ok"]
    await control.post("faults", target="stripe", match="POST /v1/checkout", kind="500")
    with pytest.raises(AssertionError):
        await control.checkout()
    await control.checkout()


async def test_settle_waits_for_the_bot_or_says_what_it_waits_for(control):
    await control.post("settle", quiet=0)
    await control.post("say", user="Ada", text="anybody there?")
    failed = await control.post("settle", status=504, within=0.1, quiet=0)
    assert "anybody there?" in failed["error"]


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("say", {"text": "x"}, '"user" is missing'),
        ("say", {"user": "Ada"}, '"text" is missing'),
        ("say", {"user": True, "text": "x"}, '"user" must be a user id or a name'),
        ("say", {"user": -4, "text": "x"}, "-4 is no user id: they are positive"),
        ("say", {"user": 1, "text": "x", "chat": -9}, "no group -9"),
        ("say", {"user": 1, "text": ""}, '"text" must be a string that is not empty'),
        ("say", {"user": 1, "txt": "x"}, 'unknown key "txt"'),
        ("tap", {"user": "Ada", "label": "x"}, "no button matches 'x'; there are []"),
        ("tap", {"user": "Ada", "label": "("}, "not a regular expression"),
        ("press", {"user": "Ada", "data": "x"}, '"message_id" is missing'),
        ("press", {"user": 1, "message_id": "x", "data": "x"}, "must be a whole number"),
        ("block", {"user": 1, "blocked": "yes"}, '"blocked" must be true or false'),
        ("clock", {"seconds": -1}, '"seconds" must be a number of at least 0'),
        ("clock", {"seconds": "9"}, '"seconds" must be a number'),
        ("faults", {"target": "x", "match": "x", "kind": "500"}, '"target" must be'),
        ("faults", {"target": "stripe", "match": "x", "kind": "9"}, "no such kind of fault"),
        ("faults", {"target": "telegram", "match": "x", "kind": "9"}, "unknown kind of fault"),
        ("pay", {"session_id": "cs_none", "card": "4242424242424242"}, "No such"),
        ("deliver", {"event_id": "evt_none"}, "No such"),
    ],
)
async def test_wrong_input_is_refused_with_the_reason(control, path, body, complaint):
    answer = await control.post(path, status=400, **body)
    assert complaint in answer["error"]


async def test_a_body_that_is_not_a_json_object_is_refused(control, world):
    for body in ("{", "[]"):
        url = f"{world.base_url}/sandbox/say"
        async with control.session.post(url, data=body) as answer:
            assert answer.status == 400


def test_the_clock_only_moves_forward():
    clock = SandboxClock(start=1_800_000_000)
    assert clock.advance(60) == pytest.approx(1_800_000_060, abs=5)
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


async def test_it_runs_by_itself_and_prints_its_addresses():
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", "--port", "0", "--webhook-url", "http://127.0.0.1:9/hook"),
        *("--webhook-secret", "whsec_x"),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        printed = b"".join([await process.stdout.readline() for _ in range(6)]).decode()
    finally:
        process.terminate()
        await process.wait()
    port = re.search(r"127\.0\.0\.1:(\d+)/telegram", printed)[1]
    assert printed.strip() == describe(World(base_url=f"http://127.0.0.1:{port}"))


def test_every_control_route_is_documented_with_an_example():
    documented = Path("docs/sandbox.md").read_text()
    app = web.Application()
    World().mount(app)
    routes = {
        resource.canonical
        for resource in app.router.resources()
        if resource.canonical.startswith("/sandbox/")
    } - {"/sandbox/panel/{name}"}
    assert len(routes) == 28
    assert [route for route in routes if f"{route}" not in documented] == []
    assert documented.count("curl ") >= len(routes)
