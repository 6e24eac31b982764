"""Visitors who keep the web server waiting: their connections end, and others are served."""

import asyncio
import json
import logging
import socket
import sys
from contextlib import suppress

import pytest
from aiohttp import web

from bot import web as server
from bot.hook import HEADER
from bot.visit import Patience
from tests.crowd import until
from tests.engines import second_connection
from tests.process import ENVIRONMENT, ROOT, TELEGRAM_SECRET, Bot, sandbox

QUICK = Patience(head=0.5, body=0.5, answer=0.6)
POST = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
SLOW = {
    "says nothing": (b"", b""),
    "sends half a header": (b"POST /echo HTTP/1.1\r\nHost: x\r\n", b""),
    "drips a header": (b"POST /echo HTTP/1.1\r\nX: ", b"x"),
    "announces a body and sends none": (POST, b""),
    "drips a body": (POST, b"x"),
    "drips a body nobody wants": (POST.replace(b"/echo", b"/"), b"x"),
    "stays after its answer": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b""),
    "drips a second header": (b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX: ", b"x"),
    "drips chunks": (
        b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"1\r\nx\r\n",
    ),
}
LARGE = 64 * 2**20


async def echo(request):
    return web.Response(body=await request.read())


async def deaf(_request):
    return web.Response()


async def large(_request):
    return web.Response(body=bytes(LARGE))


def site(patience=None, most=None):
    app = server.application(https=False)
    app.router.add_post("/echo", echo)
    app.router.add_get("/", echo)
    app.router.add_post("/", deaf)
    app.router.add_get("/large", large)
    return server.WebServer(app, host="127.0.0.1", port=0, patience=patience, most=most)


async def drip(writer, drop: bytes) -> None:
    try:
        while drop:
            await asyncio.sleep(0.1)
            writer.write(drop)
            await writer.drain()
    except OSError:
        pass


async def stay(port: int, first: bytes, drop: bytes) -> None:
    """Connect, keep the server waiting, and return when it has ended the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    dripping = asyncio.ensure_future(drip(writer, drop))
    try:
        while await reader.read(65536):
            pass
    except ConnectionError:
        pass
    finally:
        dripping.cancel()
        writer.close()


@pytest.mark.parametrize(("first", "drop"), SLOW.values(), ids=SLOW)
async def test_whoever_keeps_the_server_waiting_is_turned_out(caplog, first, drop):
    async with site(QUICK) as running, asyncio.timeout(5):
        await stay(running.port, first, drop)
    assert [one for one in caplog.records if one.levelno >= logging.ERROR] == []


@pytest.mark.slow
async def test_with_the_patience_of_production_all_are_gone_in_fifteen_seconds():
    async with site() as running, asyncio.timeout(15):
        await asyncio.gather(*(stay(running.port, *way) for way in SLOW.values()))


async def test_whoever_takes_no_answer_is_turned_out():
    async with site(QUICK) as running:
        loop = asyncio.get_running_loop()
        with socket.socket() as wire:
            wire.setblocking(False)
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            await loop.sock_connect(wire, ("127.0.0.1", running.port))
            await loop.sock_sendall(wire, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
            visitors = running._runner.server
            await until(lambda: visitors.connections, what="the visitor")
            await until(lambda: not visitors.connections, within=20, what="an empty house")


async def test_a_slow_visitor_with_a_whole_request_is_served():
    async with site(QUICK) as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        for part in (POST[:20], POST[20:], b"x" * 50, b"x" * 50):
            writer.write(part)
            await asyncio.sleep(0.1)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()


@pytest.mark.family("R19")
async def test_a_crowd_at_the_door_pushes_nobody_out_who_has_said_what_he_wants():
    async with site(most=100) as running:
        # none of them is let in before all of them are at the door
        speaks = socket.create_connection(("127.0.0.1", running.port))
        speaks.sendall(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi")
        crowd = [half_open(running.port) for _ in range(300)]
        reader, writer = await asyncio.open_connection(sock=speaks)
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.close()
        for wire in crowd:
            wire.close()


async def test_who_still_stands_in_the_hall_when_the_server_stops_is_sent_away():
    async with site() as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(POST[:20])
        await asyncio.sleep(0.1)
    async with asyncio.timeout(5):
        with suppress(ConnectionError):
            assert await reader.read() == b""
    writer.close()


def half_open(port: int) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", port), timeout=5)
    wire.sendall(b"POST /webhooks/telegram HTTP/1.1\r\nHost: x\r\n")
    return wire


async def deliver(bot: Bot, number: int) -> bytes:
    """Post an update as Telegram does; gives the status line."""
    update = {"update_id": number, "message": {"message_id": 1, "date": 1, "text": "/help"}}
    person = {"id": 70, "is_bot": False, "first_name": "Ada"}
    update["message"] |= {"chat": {"id": 70, "type": "private"}, "from": person}
    body = json.dumps(update).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.port)
    head = f"{HEADER}: {TELEGRAM_SECRET}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    writer.write(
        b"POST /webhooks/telegram HTTP/1.1\r\nHost: x\r\n" + head.encode() + b"\r\n" + body
    )
    try:
        return (await reader.read()).split(b"\r\n")[0]
    finally:
        writer.close()


@pytest.mark.family("R19")
async def test_more_half_open_connections_than_descriptors_stop_no_webhook(tmp_path, database_url):
    async with sandbox() as world:
        bot = Bot(tmp_path, world, database_url)
        await bot.start(before=("prlimit", "--nofile=256"))
        crowd = []
        try:
            for number in range(1, 5):
                crowd += [await asyncio.to_thread(half_open, bot.port) for _ in range(130)]
                assert await asyncio.wait_for(deliver(bot, number), 8) == b"HTTP/1.1 200 OK"
            async with second_connection(database_url) as other:
                assert await other.value("SELECT count(*) FROM job WHERE kind = 'update'") == 4
            told = '"descriptors": 256, "places": 128'
            assert told in bot.log.read_text()
            assert '"level": "error"' not in bot.log.read_text()
            assert "✗ files and connections: 256 may be open" in (await check_of(bot))
        finally:
            for wire in crowd:
                wire.close()
            assert await bot.stop() == 0


async def check_of(bot: Bot) -> str:
    words = (
        "prlimit",
        "--nofile=256",
        sys.executable,
        "-m",
        "bot",
        "check",
        "--config",
        bot.config,
    )
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdout=pipe, env=ENVIRONMENT)
    return (await process.communicate())[0].decode()
