"""What stands before the replicas: Debian's nginx, or for tests something much smaller."""

import asyncio
import itertools
import shutil
from contextlib import asynccontextmanager
from pathlib import Path

from tests.process import free_port

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream bots {{ {servers} keepalive 32; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://bots; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr;
      proxy_connect_timeout 1s; proxy_read_timeout 15s;
      # what a killed replica took and did not answer goes to the next: every input has a key
      proxy_next_upstream error timeout http_503 non_idempotent; proxy_next_upstream_tries 3;
    }}
  }}
}}
"""


class NoProxy(Exception):
    """There is no nginx on this machine."""


def prepared(folder: Path, ports: list[int], port: int) -> list[str]:
    """Write nginx's configuration; gives the command that runs it."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        raise NoProxy("nginx is not on this machine: apt-get install nginx-light")
    folder.mkdir()
    file = folder / "nginx.conf"
    servers = "".join(f"server 127.0.0.1:{one} max_fails=1 fail_timeout=1s; " for one in ports)
    file.write_text(NGINX.format(folder=folder, servers=servers, port=port))
    return [found, "-c", str(file), "-e", str(folder / "nginx.log")]


@asynccontextmanager
async def nginx(folder: Path, ports: list[int]):
    """Run nginx before the replicas; gives its address."""
    port = free_port()
    command = prepared(folder, ports, port)
    process = await asyncio.create_subprocess_exec(*command)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def turns(ports: list[int]):
    """Give each connection to the next replica that listens; gives the address."""
    order = itertools.cycle(ports)

    async def dial():
        for port in itertools.islice(order, len(ports)):
            try:
                return await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                continue
        raise ConnectionError

    async def carry(reader, writer) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def visited(reader, writer) -> None:
        try:
            there_reader, there_writer = await dial()
        except OSError:
            writer.close()
            return
        await asyncio.gather(carry(reader, there_writer), carry(there_reader, writer))

    server = await asyncio.start_server(visited, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
