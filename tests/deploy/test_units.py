"""The units of systemd: well-formed, hardened, and the program runs under them."""

import asyncio
import calendar
import ctypes.util
import os
import shutil
import subprocess
import sys

import aiohttp
import pytest

from tests.crowd import sees
from tests.deploy import DEPLOY, ROOT
from tests.deploy.confined import directives
from tests.journeys.test_conversation import ADA
from tests.journeys.test_kill import CATALOG, book_and_pay
from tests.process import Bot, sandbox

BOT = DEPLOY / "booking-bot.service"
BACKUP = DEPLOY / "booking-bot-backup.service"
PROGRAM = "/opt/booking-bot/.venv/bin/booking-bot"
SERVICES = pytest.mark.parametrize("unit", [BOT, BACKUP], ids=lambda unit: unit.stem)
needs_systemd = pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="systemd is not on this machine"
)
needs_seccomp = pytest.mark.skipif(
    not (shutil.which("systemd-analyze") and ctypes.util.find_library("seccomp")),
    reason="systemd or libseccomp is not on this machine",
)
EXPOSURE = 15  # tenths of 10, where 96 is a service without any of it; systemd 252 says 12

HARDENED = {
    "CapabilityBoundingSet": "",
    "DevicePolicy": "closed",
    "LimitCORE": "0",
    "LockPersonality": "yes",
    "MemoryDenyWriteExecute": "yes",
    "MemoryMax": "512M",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "PrivateUsers": "yes",
    "ProtectClock": "yes",
    "ProtectControlGroups": "yes",
    "ProtectHome": "yes",
    "ProtectHostname": "yes",
    "ProtectKernelLogs": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectProc": "invisible",
    "ProtectSystem": "strict",
    "RemoveIPC": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces": "yes",
    "RestrictRealtime": "yes",
    "RestrictSUIDSGID": "yes",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
    "User": "booking-bot",
}


def confined(unit):
    """The beginning of a command that runs under what a unit forbids."""
    return (sys.executable, "-m", "tests.deploy.confined", str(unit), "--")


@SERVICES
def test_a_service_may_do_nothing_it_does_not_need(unit):
    told = directives(unit)
    assert {key: dict(told).get(key) for key in HARDENED} == HARDENED
    filters = [value for key, value in told if key == "SystemCallFilter"]
    assert filters == ["@system-service", "~@privileged @resources"]


def test_the_bot_comes_back_whatever_it_died_of_but_for_a_mistake_in_its_configuration():
    told = dict(directives(BOT))
    wanted = {
        "ExecStart": f"{PROGRAM} run --config /etc/booking-bot/config.toml",
        "Restart": "always",
        "RestartPreventExitStatus": "2",
        "KillMode": "mixed",
        "TimeoutStopSec": "15",
        "StateDirectory": "booking-bot",
        "StateDirectoryMode": "0700",
        "LimitNOFILE": "8192",
    }
    assert {key: told.get(key) for key in wanted} == wanted


@needs_systemd
def test_systemd_accepts_the_units(tmp_path):
    units = []
    for file in sorted(DEPLOY.glob("booking-bot*.*")):
        units.append(tmp_path / file.name)
        units[-1].write_text(file.read_text().replace(PROGRAM, "/bin/true"))
    assert len(units) == 3
    words = ["systemd-analyze", "verify", *map(str, units)]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@needs_systemd
@SERVICES
def test_systemd_finds_little_that_a_service_is_exposed_to(unit):
    words = ["systemd-analyze", "--help"]
    if "--offline" not in subprocess.run(words, check=True, capture_output=True, text=True).stdout:
        pytest.skip("this systemd-analyze judges only what is running")
    words = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSURE}", unit]
    done = subprocess.run(words, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@needs_systemd
def test_the_timer_copies_the_database_every_night():
    when = dict(directives(DEPLOY / "booking-bot-backup.timer"))
    assert when["Persistent"] == "yes"
    words = ["systemd-analyze", "calendar", "--iterations=3", when["OnCalendar"]]
    told = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    assert told.count("03:30:00") >= 3


@needs_seccomp
def test_what_a_unit_forbids_is_forbidden():
    """Without this the next test would show nothing."""
    tries = "import socket, mmap, os\n" + "\n".join(
        f"try: {what}; print('done')\nexcept OSError as error: print(error.errno)"
        for what in (
            "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
            "mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC)",
            "os.chroot('/')",
            "socket.socket()",
        )
    )
    words = [*confined(BOT), sys.executable, "-c", tries]
    done = subprocess.run(words, check=True, capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.split() == ["97", "1", "1", "done"]


@needs_seccomp
async def test_the_bot_runs_and_copies_itself_under_what_its_units_forbid(tmp_path, database_url):
    async with sandbox() as world:
        bot = Bot(tmp_path, world, database_url)
        await bot.imports(CATALOG)
        await bot.start(before=confined(BOT))
        try:
            await book_and_pay(world)
            await sees(world, ADA, "Receipt", within=30)
            async with aiohttp.ClientSession() as http, http.get(f"{bot.url}/metrics") as answer:
                assert "process_max_fds 8192.0" in await answer.text()
            copy = tmp_path / "copy.backup"
            words = [sys.executable, "-m", "bot", "backup", "--config", bot.config, copy]
            copying = await asyncio.create_subprocess_exec(
                *confined(BACKUP), *map(str, words), cwd=ROOT
            )
            assert await copying.wait() == 0
            assert copy.stat().st_size > 1000
            assert copy.stat().st_mode & 0o777 == 0o600
        finally:
            assert await bot.stop() == 0
        assert bot.errors() == []


def test_the_copy_of_a_day_has_the_name_of_the_day(tmp_path):
    """The unit's own command line, with the program and the folder of the test in it."""
    line = dict(directives(BACKUP))["ExecStart"]
    shell = line.removeprefix("/bin/sh -c '").removesuffix("'")
    shell = shell.replace("$$", "$").replace("%%", "%").replace("/var/backups", str(tmp_path))
    shell = shell.replace(PROGRAM, "echo").replace("exec ", "", 1)
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    told = subprocess.run(
        ["/bin/sh", "-c", shell], check=True, capture_output=True, text=True, env=environment
    ).stdout
    day = told.split()[-1].removeprefix(f"{tmp_path}/booking-bot/").removesuffix(".backup")
    assert day in calendar.day_name
