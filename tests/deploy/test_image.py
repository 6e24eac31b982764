"""The image of deploy/Dockerfile, without an engine: what it copies is there, what it runs runs."""

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot import __version__
from tests.crowd import sees
from tests.deploy import DEPLOY, ROOT
from tests.deploy.docker_files import is_ignored, patterns, steps
from tests.journeys.test_conversation import ADA
from tests.journeys.test_kill import CATALOG, book_and_pay
from tests.process import Bot, sandbox

STEPS = steps(DEPLOY / "Dockerfile")
BUILD, LAST = 0, 1
IGNORED = patterns(ROOT / ".dockerignore")


def of(word: str, stage: int | None = None) -> list:
    return [step for step in STEPS if step.word == word and stage in {None, step.stage}]


def one(word: str):
    [found] = of(word)
    return found


def copied() -> list[tuple[list[str], str]]:
    """What the engine copies out of the repository, and to where."""
    all_words = [shlex.split(step.rest) for step in of("COPY", BUILD)]
    return [(words[:-1], words[-1]) for words in all_words]


def test_whatever_is_copied_is_in_the_repository_and_reaches_the_engine():
    sources = [source.rstrip("/") for sources, _ in copied() for source in sources]
    assert "bot" in sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if is_ignored(source, IGNORED)] == []


def test_no_secret_no_database_and_no_history_reaches_the_engine():
    kept = [".git/config", ".venv/bin/python", "config.toml", "privacy.key", "data/booking.db"]
    kept += ["deploy/.env", "deploy/secrets/stripe_secret_key", "tests/process.py", ".ci/run"]
    kept += ["bot/__pycache__/app.cpython-311.pyc", "deploy/compose.config.toml", "demo-data/x"]
    assert [path for path in kept if not is_ignored(path, IGNORED)] == []


def test_every_room_and_every_file_the_program_is_built_of_is_copied():
    sources = {source.rstrip("/") for sources, _ in copied() for source in sources}
    assert {"bot", "handlers", "booking", "db", "sandbox", "pyproject.toml"} <= sources
    assert {"config.example.toml", "catalog.example.toml", "requirements-run.lock"} <= sources


def test_both_stages_are_the_same_pinned_python():
    images = {step.rest.split()[0] for step in of("FROM")}
    assert len(images) == 1
    assert images.pop().split(":")[1].startswith("3.11.")


def test_the_last_stage_is_nobody_special_and_has_no_tools_to_build_with():
    assert one("USER").rest == "10001:10001"
    assert (one("STOPSIGNAL").rest, one("VOLUME").rest) == ("SIGTERM", "/data")
    [run] = of("RUN", LAST)
    assert "pip uninstall --yes --quiet pip setuptools wheel" in run.rest
    assert "apt-get" not in run.rest
    [copy] = of("COPY", LAST)
    assert copy.rest == "--from=build /opt/booking-bot /opt/booking-bot"


def test_every_library_is_installed_by_its_hash():
    installs = [part for step in of("RUN") for part in step.rest.split("&&") if "install " in part]
    from_outside = [part for part in installs if " -r " in part]
    assert len(from_outside) == 2
    assert all("--require-hashes --only-binary=:all:" in part for part in from_outside)
    pip = [part for part in installs if "/pip" in part and part not in from_outside]
    assert [part for part in pip if "--no-index" not in part] == []


async def test_the_health_check_follows_the_bot(tmp_path, database_url):
    words = one("HEALTHCHECK").words
    assert words[0] == "python"
    async with sandbox() as world:
        bot = Bot(tmp_path, world, database_url)
        await bot.start()
        script = words[-1].replace(":8080/", f":{bot.port}/")
        asked = [sys.executable, *words[1:-1], script]
        healthy = await _code(asked)
        await bot.stop()
        assert (healthy, await _code(asked)) == (0, 1)


async def _code(words: list[str]) -> int:
    process = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()


READ_ONLY = """mount --make-rprivate / && mount --bind "$1" "$1" && mount -o remount,bind,ro / &&
! touch "$2" 2>/dev/null && shift 2 && exec "$@" """
MAY_MOUNT = ["unshare", "--mount", "true"]


@pytest.mark.skipif(
    not shutil.which("unshare") or subprocess.run(MAY_MOUNT, check=False).returncode != 0,
    reason="only root may mount",
)
async def test_a_booking_is_paid_where_nothing_can_be_written_but_the_volume(tmp_path):
    """With the environment of the image, the volume being the folder of the database."""
    (tmp_path / "data").mkdir()
    environment = [word for word in one("ENV").rest.split() if word.startswith("SQLITE_TMPDIR=")]
    assert environment == ["SQLITE_TMPDIR=/data"]
    volume, outside = str(tmp_path / "data"), str(tmp_path / "outside")
    async with sandbox() as world:
        bot = Bot(tmp_path, world, f"sqlite://{volume}/booking.db")
        assert (await bot.command("migrate"))[0] == 0
        await bot.imports(CATALOG)
        words = ["unshare", "--mount", "env", f"SQLITE_TMPDIR={volume}", "sh", "-c", READ_ONLY]
        await bot.start(before=(*words, "sh", volume, outside))
        try:
            await book_and_pay(world)
            await sees(world, ADA, "Receipt", within=30)
        finally:
            assert await bot.stop() == 0
        assert bot.errors() == []


def context(folder: Path) -> None:
    """Put into a folder what the build stage copies, and no more."""
    for sources, goal in copied():
        for source in sources:
            origin = ROOT / source.rstrip("/")
            if origin.is_dir():
                skipped = shutil.ignore_patterns("__pycache__")
                shutil.copytree(origin, folder / goal.rstrip("/"), ignore=skipped)
            else:
                shutil.copy(origin, folder / origin.name)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_the_image_is_built_by_builds_the_program(tmp_path):
    """Every RUN of the build stage, in a folder instead of an engine, and the entrypoint of it."""
    (tmp_path / "build").mkdir()
    context(tmp_path / "build")
    python = Path(sys.base_prefix) / "bin"
    path = {"PATH": f"{python}:/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path)}
    for step in of("RUN", BUILD):
        command = step.rest
        for folder in ("/build/", "/opt/booking-bot"):
            command = command.replace(folder, f"{tmp_path}{folder}")
        subprocess.run(["/bin/sh", "-ec", command], check=True, cwd=tmp_path / "build", env=path)
    program = tmp_path / "opt/booking-bot"
    assert not (program / "bin/pip").exists()
    found = {"PATH": f"{program}/bin", "HOME": str(tmp_path)}
    words = [*one("ENTRYPOINT").words, "--version"]
    done = subprocess.run(
        [program / "bin" / words[0], *words[1:]],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=found,
    )
    assert done.stdout.startswith(f"booking-bot {__version__}, Python 3.11")
    assert not {"hatchling", "pytest", "ruff"} & {file.name for file in program.glob("bin/*")}


@pytest.mark.slow
def test_the_last_stage_takes_away_what_could_install_more(tmp_path):
    """Its RUN, in a venv in the place of the image's Python."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "image"], check=True)
    [run] = of("RUN", LAST)
    command = run.rest.replace(" /data", f" {tmp_path}/data")
    if os.getuid():  # only root gives a folder away
        command = command.replace("-o 10001 -g 10001 ", "")
    path = {"PATH": f"{tmp_path}/image/bin:/usr/bin:/bin"}
    subprocess.run(["/bin/sh", "-ec", command], check=True, env=path)
    assert not (tmp_path / "image/bin/pip").exists()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
