"""The command line, as a shell sees it."""

import base64
import csv
import io
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest

from bot.commands.export import _cell
from bot.config import read
from bot.hints import is_open_to_all
from tests.crowd import until
from tests.db.test_migrations import a_newer_release_changes
from tests.process import ROOT, Bot, sandbox

CATALOG = ROOT / "catalog.example.toml"
COMMANDS = [["run"], ["migrate"], ["check"], ["catalog", "import"], ["catalog", "export"]]
COMMANDS += [["catalog", "check"], ["export"], ["reconcile"], ["backup"], ["copy"]]


def shell(*words, cwd=ROOT):
    done = subprocess.run(
        [sys.executable, "-m", "bot", *map(str, words)],
        check=False,
        cwd=cwd,
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
async def shop(tmp_path, empty_url):
    async with sandbox() as world:
        yield Bot(tmp_path, world, empty_url)


@pytest.fixture
def shop_file(config_file, empty_url):
    """A configuration whose database, on each engine, nobody has made yet."""
    config_file.write_text(f'{config_file.read_text()}\n[database]\nurl = "{empty_url}"\n')
    return config_file


@pytest.fixture
async def small_shop(tmp_path, sqlite_engine):
    """For what has nothing to do with the engine: every command is a process of its own."""
    async with sandbox() as world:
        yield Bot(tmp_path, world, sqlite_engine.empty())


@pytest.fixture
def small_file(config_file, sqlite_engine):
    config_file.write_text(
        f'{config_file.read_text()}\n[database]\nurl = "{sqlite_engine.empty()}"\n'
    )
    return config_file


def test_the_version_names_everything_that_matters():
    code, out, _ = shell("--version")
    assert code == 0
    for name in ("booking-bot 0.1.0", "Python 3", "python-telegram-bot 22.8", "stripe 16.1.0"):
        assert name in out
    assert "2026-10-28.endive" in out


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(words):
    code, out, _ = shell(*words, "--help")
    assert code == 0
    assert f"Example: booking-bot {' '.join(words)}" in " ".join(out.split())
    assert "--config" in out


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_unreadable_configuration_is_misuse(words, tmp_path):
    argument = {
        "import": [CATALOG],
        "check": [CATALOG],
        "export": ["bookings"],
        "backup": ["shop.backup"],
        "copy": ["--to", "sqlite://x"],
    }
    more = argument.get(words[-1], []) if words not in (["check"], ["catalog", "export"]) else []
    code, _, err = shell(*words, *more, "--config", tmp_path / "none.toml")
    assert code == 2
    assert "none.toml: no such file" in err


def test_a_mistake_in_the_configuration_is_one_line(config_file):
    config_file.write_text(config_file.read_text().replace("secret_key", "secret_kye"))
    code, out, err = shell("migrate", "--config", config_file)
    assert (code, out) == (2, "")
    assert sorted(err.splitlines()) == [
        "booking-bot: stripe.secret_key: is missing",
        "booking-bot: stripe.secret_kye: unknown key",
    ]


@pytest.mark.parametrize("words", [["nonsense"], ["export", "cats"], ["migrate", "--nonsense"]])
def test_wrong_usage_is_misuse(words):
    assert shell(*words)[0] == 2


def test_a_database_is_migrated_once(shop_file):
    assert shell("migrate", "--check", "--config", shop_file)[0] == 1
    assert shell("migrate", "--config", shop_file)[0] == 0
    assert shell("migrate", "--check", "--config", shop_file)[:2] == (0, "up to date\n")


def test_a_database_nobody_made_is_refused_by_readers(shop_file):
    code, _, err = shell("export", "bookings", "--config", shop_file)
    assert code == 1
    assert "booking-bot migrate" in err


def test_a_database_that_is_away_is_a_failure_of_one_line(config_file):
    url = "postgres://nobody:canary@127.0.0.1:9/none"
    config_file.write_text(config_file.read_text() + f'\n[database]\nurl = "{url}"\n')
    code, _, err = shell("migrate", "--config", config_file)
    assert code == 1
    assert len(err.splitlines()) == 1
    assert "canary" not in err


def test_a_catalogue_goes_in_and_comes_out_the_same(shop_file, tmp_path):
    code, _, err = shell("catalog", "import", CATALOG, "--config", shop_file)
    assert code == 0, err
    out = shell("catalog", "export", "--config", shop_file)[1]
    copy = tmp_path / "copy.toml"
    copy.write_text(out)
    assert tomllib.loads(out)["services"]
    again = shell("catalog", "import", copy, "--config", shop_file)[1]
    assert again == "0 added, 0 changed, 0 made inactive\n"


def test_a_wrong_catalogue_is_told_line_by_line_and_changes_nothing(small_file, tmp_path):
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('[[services]]\nkey = "A b"\nprize = "1"\n')
    for verb in ("check", "import"):
        code, _, err = shell("catalog", verb, wrong, "--config", small_file)
        assert code == 1
        assert "wrong.toml" in err
        assert "prize" in err
    assert shell("migrate", "--check", "--config", small_file)[0] == 1


def test_an_empty_export_still_has_its_header(small_file, tmp_path):
    shell("migrate", "--config", small_file)
    assert shell("export", "payments", "--config", small_file)[1] == ""
    file = tmp_path / "out.csv"
    words = ["--format", "csv", "-o", file, "--since", "2026-11-01", "--config", small_file]
    assert shell("export", "customers", *words)[0] == 0
    (header,) = csv.reader(io.StringIO(file.read_text()))
    assert header[:3] == ["telegram_id", "name", "phone"]


@pytest.mark.family("R22")
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", " ="])
def test_no_cell_is_taken_for_a_formula(start):
    assert _cell(f"{start}1+1") == f"'{start}1+1"
    assert _cell([f"{start}a", "b"]) == f"'{start}a;b"
    assert _cell(-5) == "-5"


@pytest.mark.family("R22")
def test_where_cells_end_at_semicolons_no_formula_begins():
    assert _cell("x;=1+1") == "x;'=1+1"
    assert _cell("x\n@now") == "x\n'@now"
    assert _cell("a; b") == "a; b"


async def test_check_finds_nothing_wrong_with_a_running_shop(shop):
    assert (await shop.command("catalog", "import", str(CATALOG)))[0] == 0
    await shop.start()
    try:
        code, out, err = await shop.command("check")
    finally:
        assert await shop.stop() == 0
    assert code == 0, out + err
    assert all(line.startswith("✓ ") for line in out.splitlines())


async def test_check_names_what_is_wrong(shop):
    text = shop.config.read_text().replace("sk_test_", "sk_test_wrong_")
    shop.config.write_text(text)
    code, out, _ = await shop.command("check")
    assert code == 1
    wrong = [line for line in out.splitlines() if line.startswith("✗ ")]
    assert any("database" in line for line in wrong)
    assert any("stripe.secret_key" in line for line in wrong)


async def test_check_hints_at_a_webhook_secret_that_can_be_guessed(small_shop):
    text = small_shop.config.read_text()
    secret = tomllib.loads(text)["telegram"]["webhook_secret"]
    small_shop.config.chmod(0o600)
    guessable = "; telegram.webhook_secret can be guessed"
    for given, said in (("x", guessable), ("xy" * 20, guessable), ("abcdefghij" * 2, "\n")):
        small_shop.config.write_text(text.replace(secret, given).replace("polling", "webhook"))
        _, out, _ = await small_shop.command("check")
        assert out.startswith(f"✓ configuration: readable{said}")


async def test_check_hints_at_keys_nobody_drew_and_at_proxies_that_are_everybody(small_shop):
    text = small_shop.config.read_text()
    small_shop.config.chmod(0o600)
    key = base64.b64encode(bytes(32)).decode()
    for given, said in (
        (f'[privacy]\nkey = "{key}"\n', "; privacy.key was not drawn at random"),
        ('[web]\ntrusted_proxies = ["0.0.0.0/0"]\n', "; web.trusted_proxies has 0.0.0.0/0"),
        ('[web]\ntrusted_proxies = ["::/0"]\n', "; web.trusted_proxies has ::/0"),
    ):
        section, _, line = given.partition("\n")
        has = f"{section}\n" in text
        changed = text.replace(f"{section}\n", given) if has else f"{text}\n{section}\n{line}"
        small_shop.config.write_text(changed)
        _, out, _ = await small_shop.command("check")
        first = out.partition("\n")[0]
        assert first.startswith("✓ configuration: readable")
        assert said in first
    fine = '[web]\ntrusted_proxies = ["10.0.0.0/8", "127.0.0.1/32"]\n'
    small_shop.config.write_text(text.replace("[web]\n", fine))
    _, out, _ = await small_shop.command("check")
    assert "proxies" not in out


def test_a_file_is_open_to_all_when_the_way_to_it_is_open_too():
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders keep strangers out
        file = Path(name) / "config.toml"
        file.write_text("")
        for way, mode, is_open in (
            (0o755, 0o644, True),
            (0o755, 0o640, False),
            (0o750, 0o644, False),
        ):
            file.parent.chmod(way)
            file.chmod(mode)
            assert is_open_to_all(file) == is_open


@pytest.mark.family("R14")
async def test_check_says_that_a_database_is_locked_and_does_not_wait_for_it_again(small_shop):
    assert (await small_shop.command("catalog", "import", str(CATALOG)))[0] == 0
    path = read(small_shop.config).database.url.get_secret_value().removeprefix("sqlite://")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        code, out, _ = await small_shop.command("check")
    assert code == 1
    assert "✗ database: the database did not write a row within 3 s" in out
    assert out.count("not looked at before the database is well") == 4


async def test_check_says_one_line_of_whatever_is_down_and_of_admins_unknown(small_shop):
    assert (await small_shop.command("catalog", "import", str(CATALOG)))[0] == 0
    _, out, _ = await small_shop.command("check")
    assert "✓ Telegram: @" in out
    assert "cannot write to 9: each admin must press /start" in out
    lines = [line for line in small_shop.config.read_text().splitlines() if "api_url" not in line]
    away = 'api_url = "http://127.0.0.1:9"'
    text = "\n".join(lines).replace("[telegram]", f"[telegram]\n{away}")
    small_shop.config.write_text(text.replace("[stripe]", f"[stripe]\n{away}"))
    code, out, _ = await small_shop.command("check")
    assert code == 1
    assert all(line.startswith(("✓ ", "✗ ")) for line in out.splitlines())
    assert "✗ Telegram: telegram.api_url: no answer" in out
    assert "✗ Stripe: stripe.api_url: no answer" in out


async def test_a_token_telegram_refuses_is_named_in_the_log(small_shop):
    text = small_shop.config.read_text()
    token = tomllib.loads(text)["telegram"]["token"]
    small_shop.config.write_text(text.replace(token, token[:-1] + "x"))
    await small_shop.start()
    refused = "telegram.token: Telegram answered and refused it"
    await until(lambda: refused in small_shop.log.read_text(), what=refused)
    assert await small_shop.stop() == 0


async def test_a_very_long_address_leaves_no_traceback_in_the_log(small_shop):
    await small_shop.start()
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{small_shop.url}/healthz?q={'x' * 9000}") as answer,
    ):
        assert answer.status == 400
    assert await small_shop.stop() == 0
    assert "Traceback" not in small_shop.log.read_text()
    assert "aiohttp.server" not in small_shop.log.read_text()


async def test_a_second_bot_on_one_file_is_refused_by_name(tmp_path, sqlite_engine):
    async with sandbox() as world:
        await _refused_beside(Bot(tmp_path, world, sqlite_engine.empty()))


async def _refused_beside(shop):
    await shop.start()
    try:
        code, _, err = await shop.command("run")
        assert code == 1
        assert f"process {shop.process.pid}" in err.splitlines()[-1]
        assert "Traceback" not in err
    finally:
        await shop.stop()


async def test_run_refuses_an_older_database_when_it_may_not_migrate(shop):
    code, _, err = await shop.command("run", "--no-migrate")
    assert code == 1
    assert "booking-bot migrate" in err.splitlines()[-1]


async def test_events_are_taken_while_telegram_is_away(shop, tmp_path):
    text = shop.config.read_text()
    lines = [line for line in text.splitlines() if not line.startswith("api_url")]
    here = "\n".join(lines).replace("[telegram]", '[telegram]\napi_url = "http://127.0.0.1:9"', 1)
    shop.config.write_text(here)
    await shop.start()
    said = "Telegram does not answer yet"
    await until(lambda: said in shop.log.read_text(), what=said)
    assert await shop.stop() == 0


def test_the_locked_requirements_are_in_step_with_the_lock_file():
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    there = {(p["name"], p["version"]) for p in locked if "version" in p}
    lines = Path(ROOT / "requirements.lock").read_text().splitlines()
    pinned = [line.split(";")[0].rstrip(" \\").split("==") for line in lines if "==" in line]
    pins = {(name, version) for name, version in pinned}
    assert pins <= there
    assert {name for name, _ in there} - {name for name, _ in pins} <= {"booking-bot"}


def test_an_export_into_nowhere_names_the_file(small_file):
    shell("migrate", "--config", small_file)
    code, _, err = shell("export", "audit", "-o", "/nonexistent/x", "--config", small_file)
    assert (code, err) == (1, "booking-bot: /nonexistent/x: No such file or directory\n")


def test_an_export_onto_a_full_disk_names_the_file(small_file):
    shell("migrate", "--config", small_file)
    words = ["export", "audit", "--format", "csv", "-o", "/dev/full", "--config", small_file]
    code, _, err = shell(*words)
    assert code == 1
    assert err.splitlines()[-1] == "booking-bot: /dev/full: No space left on device"


def test_days_in_the_wrong_order_are_misuse(config_file):
    days = ["--since", "2026-11-02", "--until", "2026-11-01"]
    code, _, err = shell("export", "audit", *days, "--config", config_file)
    assert code == 2
    assert "--since" in err
    assert "2026-11-02 is after --until 2026-11-01" in err


def test_a_day_to_come_cannot_be_compared(config_file):
    code, _, err = shell("reconcile", "--since", "2136-01-01", "--config", config_file)
    assert code == 2
    assert "has not begun yet" in err


def test_an_export_whose_reader_leaves_ends_quietly(small_file):
    shell("migrate", "--config", small_file)
    words = ["export", "customers", "--format", "csv", "--config", str(small_file)]
    shell(*words)  # makes the key, and says so
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *words],
            check=False,
            cwd=ROOT,
            stdout=gone,
            stderr=subprocess.PIPE,
        )
    assert done.stderr == b""


@pytest.mark.parametrize("verb", ["check", "import"])
def test_a_catalogue_without_services_is_a_mistake(small_file, tmp_path, verb):
    shell("catalog", "import", CATALOG, "--config", small_file)
    before = shell("catalog", "export", "--config", small_file)[1]
    empty = tmp_path / "empty.toml"
    empty.write_text("")
    code, _, err = shell("catalog", verb, empty, "--config", small_file)
    assert code == 1
    assert f"{empty}: has no services" in err
    assert f"{empty}: has no staff" in err
    assert shell("catalog", "export", "--config", small_file)[1] == before


def test_everything_of_a_first_import_is_added(small_file):
    out = shell("catalog", "import", CATALOG, "--config", small_file)[1]
    assert ", 0 changed, 0 made inactive" in out
    assert "1 service," not in out


def test_a_busy_port_is_one_line_naming_its_key(small_file):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        text = small_file.read_text().replace("[web]", f"[web]\nport = {port}")
        small_file.write_text(text)
        code, _, err = shell("run", "--config", small_file)
    said = f"booking-bot: web.port, web.host: cannot listen at 127.0.0.1:{port}: "
    assert code == 1
    assert err.splitlines()[-1].startswith(said)
    assert "Errno" not in err


READERS = [["run"], ["migrate"], ["migrate", "--check"], ["catalog", "export"]]
READERS += [["catalog", "import", str(CATALOG)], ["export", "audit"]]


@pytest.mark.parametrize("words", READERS, ids=" ".join)
@pytest.mark.parametrize(
    "url", ["postgres://nobody:canary@127.0.0.1:9/none", "sqlite:///tmp"], ids=["away", "folder"]
)
def test_a_database_out_of_reach_is_one_line_naming_its_key(config_file, words, url):
    config_file.write_text(config_file.read_text() + f'\n[database]\nurl = "{url}"\n')
    code, _, err = shell(*words, "--config", config_file)
    (line,) = [line for line in err.splitlines() if not line.startswith("warning: ")]
    assert code == 1
    assert line.startswith("booking-bot: database.url: cannot be used: ")
    assert "canary" not in line


@pytest.mark.family("R26")
@pytest.mark.parametrize("words", [["run"], ["migrate"], ["export", "bookings"]], ids=" ".join)
async def test_a_program_too_old_for_its_database_says_so_in_one_line(shop, words):
    assert (await shop.command("migrate"))[0] == 0
    url = read(shop.config).database.url.get_secret_value()
    await a_newer_release_changes(url, oldest_code="9998_not_us")
    code, out, err = await shop.command(*words)
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "was changed by a newer release (9999_future), on which this one may not run" in err
