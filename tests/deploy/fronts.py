"""The reverse proxies of deploy/, run on free ports with a certificate of their own.

Of their files only what this machine cannot have is replaced: ports, certificates, folders.
"""

import asyncio
import os
import re
import shutil
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.proxies import client_address, networks
from tests.deploy import DEPLOY
from tests.process import free_port

NAME = "book.example.com"
AROUND = """
{user} daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/main.log warn;
events {{ worker_connections 256; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  {inner}
}}
"""


def program(name: str) -> str | None:
    """Where a proxy is, if this machine has it."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin")


def trusting() -> ssl.SSLContext:
    """What accepts a certificate nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def certificate(folder: Path) -> None:
    """Write cert.pem and key.pem, signed by themselves."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(
        now + timedelta(days=1)
    )
    names = x509.SubjectAlternativeName([x509.DNSName(NAME)])
    signed = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    (folder / "cert.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "key.pem").write_bytes(plain)


@dataclass
class Front:
    folder: Path
    runner: web.AppRunner
    plain: int = field(default_factory=free_port)
    tls: int = field(default_factory=free_port)

    @property
    def behind(self) -> int:
        return self.runner.addresses[0][1]

    def nginx(self) -> list[str]:
        """The command that runs nginx with our file."""
        text = (DEPLOY / "nginx.conf").read_text()
        text = re.sub(r"listen \[::\].*\n", "", text)
        text = text.replace("listen 80", f"listen 127.0.0.1:{self.plain}")
        text = text.replace("listen 443", f"listen 127.0.0.1:{self.tls}")
        text = text.replace("127.0.0.1:8080", f"127.0.0.1:{self.behind}")
        text = text.replace(f"/etc/letsencrypt/live/{NAME}/fullchain.pem", "cert.pem")
        text = text.replace(f"/etc/letsencrypt/live/{NAME}/privkey.pem", "key.pem")
        text = text.replace("/var/log/nginx/", f"{self.folder}/")
        file = self.folder / "nginx.conf"
        user = "" if os.getuid() else "user root;"  # who else could write into a test's folder
        file.write_text(AROUND.format(user=user, folder=self.folder, inner=text))
        return [program("nginx"), "-c", str(file), "-e", str(self.folder / "main.log")]

    def caddy(self) -> list[str]:
        """The command that runs Caddy with our file."""
        text = (DEPLOY / "Caddyfile").read_text()
        ports = f"\thttp_port {self.plain}\n\thttps_port {self.tls}\n\tadmin off\n\tservers {{"
        text = text.replace("\tservers {", ports, 1)
        text = text.replace("\trequest_body {", "\ttls cert.pem key.pem\n\trequest_body {", 1)
        file = self.folder / "Caddyfile"
        file.write_text(text)
        return [program("caddy"), "run", "--config", str(file), "--adapter", "caddyfile"]

    @property
    def environment(self) -> dict[str, str]:
        """For Caddy: where the bot is, and a place for what it keeps."""
        home = {"HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}
        return {**os.environ, **home, "BOOKING_BOT_AT": f"127.0.0.1:{self.behind}"}

    def logs(self) -> str:
        return "".join(file.read_text() for file in self.folder.glob("*.log"))

    @asynccontextmanager
    async def asked(self, method: str, path: str, *, host: str = NAME, sni: str = NAME, **options):
        """What the proxy answers, by TLS, to one connection of its own."""
        address = f"https://127.0.0.1:{self.tls}{path}"
        headers = {"Host": host, **options.pop("headers", {})}
        async with (
            aiohttp.ClientSession() as http,
            http.request(
                method, address, headers=headers, ssl=trusting(), server_hostname=sni, **options
            ) as answer,
        ):
            yield answer

    async def status(self, method: str, path: str, **options) -> int:
        async with self.asked(method, path, **options) as answer:
            return answer.status


async def _told(request: web.Request) -> web.Response:
    """What reached the bot's side of the proxy."""
    who = client_address(request, networks(["127.0.0.1/32"]))
    body = await request.read()
    return web.json_response({"who": who, "host": request.host, "body": body.hex()})


@asynccontextmanager
async def behind():
    """A web server in the bot's place; gives what runs it."""
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", _told)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield runner
    finally:
        await runner.cleanup()


@asynccontextmanager
async def front(name: str, folder: Path):
    """Run one proxy before `behind`."""
    certificate(folder)
    async with behind() as runner:
        one = Front(folder, runner)
        with (folder / "out.log").open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *getattr(one, name)(), cwd=folder, env=one.environment, stdout=out, stderr=out
            )
        try:
            await _listening(one, process)
            yield one
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), 15)


async def _listening(one: Front, process) -> None:
    for _ in range(200):
        assert process.returncode is None, one.logs()
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", one.tls)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError(one.logs())
