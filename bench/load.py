"""Load over keep-alive connections, and the cost of a server process, as plainly as it goes."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Result:
    """What one run gave: a rate, milliseconds, and microseconds of the server's CPU a request."""

    name: str
    rate: float
    p50: float
    p99: float
    cpu: float

    def line(self) -> str:
        """Return the row of a table."""
        return (
            f"  {self.name:<44}{self.rate:>8,.0f}/s{self.p50:>9.2f}{self.p99:>9.2f} ms"
            f"{self.cpu:>8,.0f} µs"
        )


def result(name: str, seconds: float, latencies: Sequence[float], cpu: float) -> Result:
    """Return the figures of a run from its latencies in seconds."""
    cuts = quantiles(latencies, n=100)
    count = len(latencies)
    return Result(name, count / seconds, cuts[49] * 1e3, cuts[98] * 1e3, cpu / count * 1e6)


async def post_all(port: int, requests: Sequence[bytes], connections: int) -> list[float]:
    """Send prepared requests over so many connections; return the latencies; all must be 200."""
    todo = iter(requests)
    took: list[float] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for request in todo:
            began = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            if length:
                await reader.readexactly(length)
            took.append(time.perf_counter() - began)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(one() for _ in range(connections)))
    return took


def cpu_seconds(pid: int) -> float:
    """Return the CPU time a process and its children have used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (int(fields[11]) + int(fields[12])) / TICKS + sum(cpu_seconds(int(c)) for c in children)


def free_port() -> int:
    """Return a port nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def serving(module: str, *words: str) -> Iterator[tuple[int, int]]:
    """Run `python -m module words… port` until it listens; give its pid and port."""
    port = free_port()
    with listening([sys.executable, "-m", module, *words, str(port)], port) as pid:
        yield pid, port


@contextmanager
def listening(
    command: Sequence[str], port: int, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run a command that listens at a port; give its pid."""
    process = subprocess.Popen(command, env={**os.environ, **(environment or {})})
    try:
        _wait(process, port)
        yield process.pid
    finally:
        process.terminate()
        process.wait(20)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            time.sleep(0.05)
    raise TimeoutError("the server did not come up")
