"""What the reverse proxies of deploy/ let through, and what they keep to themselves."""

import asyncio
import random
import ssl
from asyncio.subprocess import PIPE

import aiohttp
import pytest

from tests.deploy import DEPLOY
from tests.deploy.fronts import NAME, Front, behind, certificate, front, program, trusting

SESSION = "cs_test_a1TheSessionOfSomebody"


@pytest.fixture(params=["nginx", "caddy"])
async def proxy(request, tmp_path):
    if not program(request.param):
        pytest.skip(f"{request.param} is not on this machine: apt-get install {request.param}")
    async with front(request.param, tmp_path) as one:
        yield one


async def plainly(port: int, host: str) -> bytes:
    """All that is answered, without TLS, to one request."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    try:
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()


async def test_whoever_asks_for_another_name_gets_nothing(proxy):
    assert await plainly(proxy.plain, "evil.example") == b""
    with pytest.raises(aiohttp.ClientError):
        await proxy.status("GET", "/healthz", host="evil.example", sni="evil.example")


async def test_whoever_names_us_in_the_handshake_alone_does_not_reach_the_bot(proxy):
    try:
        status = await proxy.status("GET", "/healthz", host="evil.example", sni=NAME)
    except aiohttp.ClientError:
        status = 0
    assert status in {0, 403, 421}


async def test_a_visitor_without_tls_is_led_to_it(proxy):
    answer = (await plainly(proxy.plain, NAME)).decode()
    assert answer.split()[1] in {"301", "308"}
    assert f"\r\nlocation: https://{NAME}/\r\n" in answer.lower()


async def test_what_stripe_signed_arrives_byte_for_byte(proxy):
    body = random.Random(7).randbytes(200_000)
    for path in ("/webhooks/stripe", "/api/webhooks/stripe", "/webhooks/telegram"):
        async with proxy.asked("POST", path, data=body) as answer:
            assert (await answer.json())["body"] == body.hex()


async def test_a_body_larger_than_the_bot_takes_is_refused_before_it(proxy):
    body = bytes(300 * 1024)
    status = await proxy.status("POST", "/webhooks/stripe", data=body)
    assert status in {413, 502}  # Caddy 2.6 breaks off towards the bot
    assert await proxy.status("GET", "/healthz") == 200


async def test_the_bot_is_told_who_asks_whatever_a_visitor_claims(proxy):
    claimed = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example"}
    async with proxy.asked("GET", "/healthz", headers=claimed) as answer:
        told = await answer.json()
    assert (told["who"], told["host"]) == ("127.0.0.1", NAME)


@pytest.mark.parametrize("path", ["/metrics", "/metrics?x=1", "//metrics", "/a/../metrics"])
async def test_nobody_outside_reads_the_metrics(proxy, path):
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", proxy.tls, ssl=trusting(), server_hostname=NAME
    )
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    assert answer.split()[1] in {b"403", b"404"}


async def test_no_session_of_a_customer_is_in_a_log(proxy):
    page = f"/booking/success?session_id={SESSION}"
    assert await proxy.status("GET", page, headers={"Referer": f"https://{NAME}{page}"}) == 200
    await proxy.runner.cleanup()
    assert await proxy.status("GET", page) == 502
    assert SESSION not in proxy.logs()


@pytest.fixture
async def nginx(tmp_path):
    if not program("nginx"):
        pytest.skip("nginx is not on this machine: apt-get install nginx-light")
    async with front("nginx", tmp_path) as one:
        yield one


async def test_one_address_asks_so_often_and_no_more_but_for_stripe_and_telegram(nginx):
    answers = []
    for _ in range(10):
        pages = [nginx.status("GET", "/booking/success") for _ in range(10)]
        answers += await asyncio.gather(*pages)
    assert 40 <= answers.count(200) <= 80
    assert set(answers) == {200, 429}
    events = [nginx.status("POST", "/webhooks/stripe", data=b"{}") for _ in range(100)]
    assert set(await asyncio.gather(*events)) == {200}


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1")
async def test_old_tls_is_not_spoken(proxy):
    old = trusting()
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        await asyncio.open_connection("127.0.0.1", proxy.tls, ssl=old, server_hostname=NAME)


async def test_caddy_finds_nothing_wrong_with_its_file(tmp_path):
    if not program("caddy"):
        pytest.skip("caddy is not on this machine: apt-get install caddy")
    words = ["validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")]
    async with behind() as runner:
        environment = Front(tmp_path, runner).environment
        done = await asyncio.create_subprocess_exec(program("caddy"), *words, env=environment)
        assert await done.wait() == 0


async def test_nginx_finds_nothing_wrong_with_its_file(tmp_path):
    if not program("nginx"):
        pytest.skip("nginx is not on this machine: apt-get install nginx-light")
    certificate(tmp_path)
    async with behind() as runner:
        words = Front(tmp_path, runner).nginx()
        done = await asyncio.create_subprocess_exec(*words, "-t", cwd=tmp_path, stderr=PIPE)
        _, told = await done.communicate()
    assert done.returncode == 0
    assert b"[warn]" not in told
    assert b"[emerg]" not in told
