"""The peer: dj-stripe behind gunicorn, in a venv of its own with the versions of peers.txt."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

from bench.load import free_port, listening
from db.urls import SQLITE, configuration, engine_of, path_of

VERSIONS: Final = Path(__file__).parent / "peers.txt"
HOME: Final = Path(__file__).parent.parent / ".bench" / "peers"
PYTHON: Final = HOME / "bin" / "python"
FILLED: Final = HOME / "filled.txt"
WORKERS, THREADS = 2, 4
PRAGMAS: Final = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=60000"
Held = Sequence[tuple[str, str, int]]
"""Reference, session and amount of each booking."""


def install() -> None:
    """Fill the venv when it is not what peers.txt says; end the bench when it cannot be."""
    wanted = VERSIONS.read_text()
    if FILLED.exists() and FILLED.read_text() == wanted:
        return
    print(f"filling {HOME} once, from PyPI …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(HOME)], check=True)
        subprocess.run([*pip, "--requirement", str(VERSIONS)], check=True)
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"the peer cannot be installed, so nothing is compared: {error}") from None
    FILLED.write_text(wanted)


@contextmanager
def running(
    url: str, *, stripe: str, secret: str, folder: Path, held: Held
) -> Iterator[tuple[int, int, str]]:
    """Run the peer on an empty database with these bookings; give pid, port and webhook path."""
    endpoint, port = str(uuid4()), free_port()
    environment = {
        "PEER_DATABASE": json.dumps(_database(url)),
        "PEER_STRIPE": stripe,
        "PEER_SECRET": secret,
        "PEER_ENDPOINT": endpoint,
    }
    file = folder / "held.json"
    file.write_text(json.dumps(held))
    prepare = [str(PYTHON), "-m", "bench.peer.prepare", str(file)]
    subprocess.run(prepare, check=True, env={**os.environ, **environment})
    gunicorn = [str(PYTHON), "-m", "gunicorn", "--worker-class", "gthread"]
    gunicorn += ["--workers", str(WORKERS), "--threads", str(THREADS), "--keep-alive", "30"]
    gunicorn += ["--log-level", "error", "--bind", f"127.0.0.1:{port}", "bench.peer.wsgi"]
    with listening(gunicorn, port, environment) as pid:
        yield pid, port, f"/stripe/webhook/{endpoint}/"


def _database(url: str) -> dict[str, object]:
    """Return the database in Django's words, as fast as it is durable."""
    lasting = {"CONN_MAX_AGE": None}
    if engine_of(url) == SQLITE:
        path_of(url).parent.mkdir(parents=True, exist_ok=True)
        # a deferred transaction that turns out to write fails at once beside another writer
        options = {"init_command": PRAGMAS, "transaction_mode": "IMMEDIATE", "timeout": 60}
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path_of(url)),
            "OPTIONS": options,
            **lasting,
        }
    given = configuration(url)["connections"]["postgres"]["credentials"]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": given["database"],
        "USER": given["user"],
        "PASSWORD": given["password"] or "",
        "HOST": given["host"],
        "PORT": str(given["port"]),
        **lasting,
    }
