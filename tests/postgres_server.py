"""A private PostgreSQL server from the system's binaries: started, stopped and killed at will."""

import os
import pwd
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path


class NoPostgres(Exception):
    """There is no PostgreSQL here, and why."""


class Server:
    """One server, in a folder of its own, reached through a socket there."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self.folder, self._durable = folder, durable
        self.data = folder / "data"
        self.url = f"postgres://postgres@/postgres?host={folder}"
        self._user = _somebody()
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make an empty cluster."""
        if self._user is not None:
            shutil.chown(self.folder, self._user)
        flags = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        initdb = [_binaries() / "initdb", "-D", self.data, *flags]
        done = subprocess.run(
            initdb, user=self._user, capture_output=True, text=True, check=False, cwd="/tmp"
        )
        if done.returncode:
            raise NoPostgres(f"initdb failed: {done.stderr.strip()}")

    def start(self) -> None:
        """Start it; it answers some moments later."""
        fsync = "on" if self._durable else "off"
        options = {
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
            "max_connections": 100,
            "fsync": fsync,
            "full_page_writes": fsync,
            "shared_buffers": "128MB",
            "autovacuum": "off",
        }
        settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [_binaries() / "postgres", "-D", self.data, *settings],
                user=self._user,
                stderr=log,
                cwd="/tmp",
            )

    @property
    def is_running(self) -> bool:
        """Tell whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it: SIGINT fast, SIGQUIT immediately, as if the power had failed."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(30)

    def kill(self) -> None:
        """kill -9 of the server and of all its children, as the kernel does out of memory."""
        if self._process is not None:
            self._send_all(signal.SIGKILL)
            self._process.wait(30)

    def freeze(self) -> None:
        """Let it answer nothing, and keep every connection: a machine that hangs."""
        self._send_all(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._send_all(signal.SIGCONT)

    def _send_all(self, what: signal.Signals) -> None:
        assert self._process is not None
        for each in (self._process.pid, *_children(self._process.pid)):
            with suppress(ProcessLookupError):
                os.kill(each, what)


def _children(parent: int) -> list[int]:
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(each) for each in found.split()]


def _binaries() -> Path:
    places = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name)
    found = shutil.which("postgres")
    if not places and found is None:
        raise NoPostgres("no PostgreSQL binaries on this machine")
    return places[-1] if places else Path(found or "").parent


def _somebody() -> str | None:
    """Return whom to be: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoPostgres("running as root, and there is neither a user postgres nor nobody")
