"""Whatever is sent gets an answer of ours, hardened, that repeats nothing."""

import logging

import pytest
from aiohttp import web

from bot import web as server
from handlers import pages
from tests.handlers.rows import REFERENCE, SESSION, StripeSays, a_booking, a_customer, make_door
from tests.hostile.raw import request, send

CANARY = "hostile7"
HOST = "Host: shop.example"
CHUNKED = "Transfer-Encoding: chunked"
ODD = {
    "no method": (request(f"{CANARY} / HTTP/1.1", HOST), {400}),
    "no HTTP": (request(f"\x16\x03\x01{CANARY}"), {400}),
    "another version": (request(f"GET /{CANARY} HTTP/9.9", HOST), {400, 404, 505}),
    "no host": (request(f"GET /{CANARY} HTTP/1.1"), {400, 404}),
    "two hosts": (request("GET / HTTP/1.1", HOST, f"Host: {CANARY}"), {400}),
    "a host that is none": (request("GET /metrics HTTP/1.1", "Host: ["), {400, 403, 404}),
    "length and chunks": (
        request("POST /post HTTP/1.1", HOST, "Content-Length: 4", CHUNKED, body=b"0\r\n\r\n"),
        {400},
    ),
    "two lengths": (
        request(
            "POST /post HTTP/1.1", HOST, "Content-Length: 4", "Content-Length: 5", body=b"aaaa"
        ),
        {400},
    ),
    "a negative length": (request("POST /post HTTP/1.1", HOST, "Content-Length: -4"), {400}),
    "a huge length": (
        request("POST /post HTTP/1.1", HOST, f"Content-Length: {10**30}"),
        {400, 413},
    ),
    "a chunk that is none": (
        request("POST /post HTTP/1.1", HOST, CHUNKED, body=f"{CANARY}\r\n".encode()),
        {400},
    ),
    "chunks named twice": (
        request(
            "POST /post HTTP/1.1", HOST, "Transfer-Encoding: chunked, chunked", body=b"0\r\n\r\n"
        ),
        {400},
    ),
    "a long line": (request(f"GET /{'a' * 9000}{CANARY} HTTP/1.1", HOST), {400, 414}),
    "a long header": (request("GET / HTTP/1.1", HOST, f"X: {'a' * 9000}"), {400, 431}),
    "many headers": (
        request("GET / HTTP/1.1", HOST, *(f"X-{n}: {CANARY}" for n in range(500))),
        {400, 431},
    ),
    "a folded header": (request("GET / HTTP/1.1", HOST, f"X: a\r\n {CANARY}"), {400, 404}),
    "a header of nothing": (request("GET / HTTP/1.1", HOST, f": {CANARY}"), {400}),
    "a NUL in a header": (request("GET / HTTP/1.1", HOST, f"X: {CANARY}\0"), {400}),
    "an expectation": (request("GET / HTTP/1.1", HOST, f"Expect: {CANARY}"), {417}),
    "an expectation of bytes": (request("GET / HTTP/1.1", HOST, "Expect: \xff"), {417}),
    "an unknown compression": (
        request(
            "POST /post HTTP/1.1", HOST, "Content-Encoding: br", "Content-Length: 1", body=b"x"
        ),
        {200, 400, 415},
    ),
    "a compression that is none": (
        request(
            "POST /post HTTP/1.1", HOST, "Content-Encoding: gzip", "Content-Length: 1", body=b"x"
        ),
        {200, 400, 415},
    ),
    "an upgrade": (
        request("GET / HTTP/1.1", HOST, "Connection: Upgrade", f"Upgrade: {CANARY}"),
        {404},
    ),
    "a whole address": (request(f"GET http://{CANARY}.example/ HTTP/1.1", HOST), {404}),
    "two slashes": (request(f"GET //{CANARY}.example/%2e%2e HTTP/1.1", HOST), {404}),
    "a way up": (request(f"GET /photos/../../{CANARY} HTTP/1.1", HOST), {404}),
    "nowhere": (request(f"GET /{CANARY} HTTP/1.1", HOST), {404}),
    "a wrong method": (request(f"DELETE /post?{CANARY} HTTP/1.1", HOST), {405}),
    "a method of its own": (request(f"TRACE /post?{CANARY} HTTP/1.1", HOST), {400, 405}),
    "too much": (
        request(
            "POST /post HTTP/1.1",
            HOST,
            f"Content-Length: {server.BODY_LIMIT + 1}",
            body=b"x" * (server.BODY_LIMIT + 1),
        ),
        {413},
    ),
    "an error of ours": (request(f"GET /broken?{CANARY} HTTP/1.1", HOST), {500}),
    "the head of an error": (request("HEAD /nowhere HTTP/1.1", HOST, "Connection: close"), {404}),
    "part of the stylesheet": (
        request("GET /booking/style.css HTTP/1.1", HOST, "Range: bytes=99999999-"),
        {416},
    ),
}


async def echo(request):
    await request.read()
    return web.Response()


def mistakes(caplog):
    """What is logged as wrong; of what is no HTTP aiohttp tells a logger that the program mutes."""
    ours = (one for one in caplog.records if one.name != "aiohttp.server")
    return [one.getMessage() for one in ours if one.levelno >= logging.ERROR]


async def broken(_request):
    raise RuntimeError(CANARY)


@pytest.fixture
async def port(database):
    await a_booking(await a_customer())
    app = server.application(https=True)
    app.router.add_post("/post", echo)
    app.router.add_get("/broken", broken)
    pages.add_to(app, make_door(StripeSays(status="open", payment_status="unpaid")))
    async with server.WebServer(app, host="127.0.0.1", port=0) as running:
        yield running.port


def is_hardened(headers):
    wanted = server.HEADERS | {"Strict-Transport-Security": server.HSTS, "Server": "booking-bot"}
    del wanted["Cache-Control"]  # the stylesheet may be kept
    return {name: headers.get(name) for name in wanted} == wanted


@pytest.mark.family("R16")
@pytest.mark.parametrize(("said", "statuses"), ODD.values(), ids=ODD)
async def test_an_odd_request_gets_a_hardened_answer_that_repeats_nothing(
    port, caplog, said, statuses
):
    answer = await send(port, said)
    assert answer.status in statuses
    assert is_hardened(answer.headers)
    assert CANARY not in answer.body + str(answer.headers)
    assert mistakes(caplog) == []
    assert (await send(port, request("GET /healthz HTTP/1.1", HOST))).status == 200


RAW = ["\xff", "%ff", "%00", "%ed%a0%80", "%E2%80%AE", "'", "' OR 1=1 --", "../" * 9, "<script>"]
RAW += ["{}", "%25s", "9" * 4000, "cs_test_1%00", "%0d%0aSet-Cookie:%20a=b", "BK-7KD2QX.", "."]
RAW += [f"{REFERENCE}.%ff", f"{REFERENCE}.{'A' * 22}", f"{REFERENCE.lower()}.{'A' * 22}", ""]


@pytest.mark.family("R21")
@pytest.mark.parametrize("value", RAW)
@pytest.mark.parametrize("place", ["success?session_id", "cancel?booking"])
async def test_a_guessed_link_is_answered_as_one_that_never_was(port, caplog, place, value):
    nobody = await send(port, request(f"GET /booking/{place}=cs_test_none HTTP/1.1", HOST))
    written = value.replace(" ", "%20")
    answer = await send(port, request(f"GET /booking/{place}={written} HTTP/1.1", HOST))
    assert nobody.status == 404
    assert answer == nobody or (value == "\xff" and answer.status == 400)  # no address at all
    assert mistakes(caplog) == []


TRICKS = {
    "another host": (f"GET /booking/success?session_id={SESSION} HTTP/1.1", "Host: evil.example"),
    "a host that is none": (f"GET /booking/success?session_id={SESSION} HTTP/1.1", "Host: ["),
    "a forwarded host": (
        f"GET /booking/success?session_id={SESSION} HTTP/1.1",
        HOST,
        "X-Forwarded-Host: evil.example",
        "Forwarded: host=evil.example",
        "X-Original-URL: http://evil.example/",
        "X-Forwarded-Proto: http",
    ),
    "a whole address": (
        f"GET http://evil.example/booking/success?session_id={SESSION} HTTP/1.1",
        HOST,
    ),
    "somewhere to go on to": (
        f"GET /booking/success?session_id={SESSION}&next=//evil.example HTTP/1.1",
        HOST,
        "Referer: http://evil.example/",
    ),
}


@pytest.mark.family("R21")
@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
async def test_no_host_and_no_parameter_leads_anywhere_else(port, trick):
    plain = f"GET /booking/success?session_id={SESSION} HTTP/1.1"
    usual = await send(port, request(plain, HOST))
    answer = await send(port, request(*trick))
    assert usual.status == 200
    assert (answer.status, answer.body) == (usual.status, usual.body)
    assert "Location" not in answer.headers
    assert "evil" not in answer.body + str(answer.headers)
