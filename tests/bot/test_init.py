"""`booking-bot init`: by a pipe, at a terminal, and what it does to files."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
import tomllib

import pytest

from bot.config import machine_timezone, read
from bot.config_text import with_first_member, with_values
from bot.examples import CONFIG, example
from bot.interview import questions
from tests.process import ROOT

TOKEN, KEY = "123456:AAF-canary-of-telegram", "sk_test_canary"
ANSWERS = {
    "telegram.token": TOKEN,
    "telegram.admins": "12, 13",
    "stripe.secret_key": KEY,
    "stripe.webhook_secrets": "",
    "web.public_url": "https://salon.org/",
    "shop.name": 'Anna\'s "Salon" \\ ফুল',
    "shop.timezone": "Asia/Dhaka",
    "shop.currency": "BDT",
    "shop.languages": "bn, en",
    "shop.support": "@anna_salon",
    "database.url": "",
}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "config.toml"


def init(file, *lines, answers=ANSWERS):
    done = subprocess.run(
        [sys.executable, "-m", "bot", "init", "--config", str(file)],
        check=False,
        cwd=ROOT,
        input="".join(f"{line}\n" for line in (*lines, *answers.values())),
        capture_output=True,
        text=True,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def comments(text):
    return re.findall(r"#.*", text)


def test_the_help_has_an_example():
    words = [sys.executable, "-m", "bot", "init", "--help"]
    out = subprocess.run(words, check=True, cwd=ROOT, capture_output=True, text=True).stdout
    assert "Example: booking-bot init" in " ".join(out.split())


def test_every_required_setting_is_asked_for():
    assert [question.key for question in questions()] == list(ANSWERS)


def test_the_answers_become_a_configuration_that_explains_every_key(file):
    code, out, err = init(file, answers=ANSWERS | {"catalog": "y"})
    assert (code, err) == (0, "")
    assert "canary" not in out
    for command in ("booking-bot check --fix", "booking-bot catalog import", "booking-bot run"):
        assert command in out
    assert file.stat().st_mode & 0o777 == 0o600
    assert comments(file.read_text()) == comments(example(CONFIG))
    settings = read(file, unsigned=True)
    assert settings.telegram.token.get_secret_value() == TOKEN
    assert settings.telegram.admins == (12, 13)
    assert settings.stripe.webhook_secrets == ()
    assert settings.web.public_url == "https://salon.org"
    assert settings.shop.name == ANSWERS["shop.name"]
    assert settings.shop.languages == ("bn", "en")
    assert settings.database.url.get_secret_value() == f"sqlite://{file.parent}/data/booking.db"
    catalog = (file.parent / "catalog.toml").read_text()
    assert catalog == (ROOT / "catalog.example.toml").read_text()
    assert {path.name for path in file.parent.iterdir()} == {"config.toml", "catalog.toml"}


def test_a_wrong_answer_is_asked_again_with_the_words_of_the_configuration(file):
    answers = {
        "no token": "abc",
        "token": TOKEN,
        "no id": "@anna",
        "id": "12",
        "no key": "pk_test_canary",
        "live key": "sk_live_canary",
        "no signing secret": "secret",
        "signing secrets": "whsec_one whsec_two",
        "http with a live key": "",
        **dict(list(ANSWERS.items())[4:5]),
        "no name": "",
        "unprintable": "Salon\x7f",
        **dict(list(ANSWERS.items())[5:6]),
        "no zone": "Dhaka",
        **dict(list(ANSWERS.items())[6:]),
        "catalog": "n",
    }
    code, out, err = init(file, answers=answers)
    assert (code, err) == (0, "")
    for said in (
        "telegram.token: must look like",
        "telegram.admins.0: must be a whole number",
        "stripe.secret_key: must begin with sk_test_",
        "stripe.webhook_secrets.0: must begin with whsec_",
        "web.public_url: must be https:// with a live Stripe key",
        "shop.name: is empty",
        "shop.name: has characters that cannot be printed",
        "shop.timezone: is no IANA time zone",
    ):
        assert f"  {said}" in out
    assert "canary" not in out
    secrets = [one.get_secret_value() for one in read(file).stripe.webhook_secrets]
    assert secrets == ["whsec_one", "whsec_two"]
    assert [path.name for path in file.parent.iterdir()] == ["config.toml"]


def test_answers_that_end_early_leave_nothing(file):
    code, _, err = init(file, answers={"token": TOKEN, "admins": "12"})
    said = "booking-bot: stopped before the last question: nothing was written\n"
    assert (code, err) == (1, said)
    assert list(file.parent.iterdir()) == []


def test_a_file_that_is_there_is_kept_unless_it_is_given_up(file):
    file.write_text("old = 1\n")
    code, out, err = init(file, "")
    assert (code, err) == (1, f"booking-bot: {file}: left as it is\n")
    assert "[y/N]" in out
    assert file.read_text() == "old = 1\n"
    code, out, _ = init(file, "y", answers=ANSWERS | {"catalog": "n"})
    assert code == 0
    assert "config.toml.bak" in out
    assert read(file, unsigned=True).shop.currency == "BDT"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.with_name("config.toml.bak").read_text() == "old = 1\n"


def test_a_place_that_cannot_be_written_is_told_before_the_questions(tmp_path):
    code, out, err = init(tmp_path / "nowhere" / "config.toml")
    assert (code, out) == (1, "")
    assert err.endswith(f"there is no folder {tmp_path / 'nowhere'}\n")


class Terminal:
    """`booking-bot init` at a terminal of its own."""

    def __init__(self, file):
        self.shown = ""
        self.pid, self.screen = pty.fork()
        if not self.pid:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # else ignored when run in the background
            os.chdir(ROOT)
            os.execv(sys.executable, [sys.executable, "-m", "bot", "init", "--config", str(file)])

    def until(self, text):
        end = time.monotonic() + 30
        while text not in self.shown:
            assert time.monotonic() < end, self.shown
            self.shown += os.read(self.screen, 4096).decode()

    def types(self, text):
        os.write(self.screen, text.encode())

    def ends(self):
        try:
            while shown := os.read(self.screen, 4096):
                self.shown += shown.decode()
        except OSError:  # the other side is closed
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_at_a_terminal_secrets_are_not_shown_and_ctrl_c_leaves_nothing(file):
    terminal = Terminal(file)
    terminal.until("Telegram bot token: ")
    terminal.types(f"{TOKEN}\r")
    terminal.until("admins: ")
    terminal.types("12\r")
    terminal.until("Stripe secret key: ")
    terminal.types("sk_test_can\x03")
    assert terminal.ends() == 1
    assert "nothing was written" in terminal.shown
    assert "12" in terminal.shown
    assert "canary" not in terminal.shown
    assert "sk_test_can" not in terminal.shown.replace("sk_test_…", "")
    assert list(file.parent.iterdir()) == []


def test_the_zone_offered_is_the_machines(monkeypatch):
    monkeypatch.setenv("TZ", ":Asia/Dhaka")
    assert machine_timezone() == "Asia/Dhaka"
    (offered,) = [one.default for one in questions() if one.key == "shop.timezone"]
    assert offered == "Asia/Dhaka"
    monkeypatch.setenv("TZ", "CET-1CEST")
    (offered,) = [one.default for one in questions() if one.key == "shop.timezone"]
    assert offered == "Europe/Berlin"


def test_values_are_put_in_and_every_comment_stays():
    text = with_values(example(CONFIG), {("web", "port"): 81, ("shop", "name"): 'a "#" b'})
    written = tomllib.loads(text)
    assert (written["web"]["port"], written["shop"]["name"]) == (81, 'a "#" b')
    assert text.count("  # ") == example(CONFIG).count("  # ")
    assert 'name = "a \\"#\\" b"'.ljust(40) + "# required\n" in text


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("[a]\nk = []  # why\n", '[a]\nk = ["x"]  # why\n'),
        ('[a]\nk = ["y"]\n[b]\nk = []\n', '[a]\nk = ["x", "y"]\n[b]\nk = []\n'),
        ('[a] # one\n  k=[ # two\n  "y",\n]\n', '[a] # one\n  k=["x",  # two\n  "y",\n]\n'),
        ("[b]\nk = []\n[a]\nj = 1\n", '[b]\nk = []\n[a]\nk = ["x"]\nj = 1\n'),
        ('a.k = ["y"]\n', None),
        ('a = { k = ["y"] }\n', None),
        ('[b]\nt = """\n[a]\n"""\n[a]\nk = ["y"]\n', None),
    ],
)
def test_a_secret_is_put_first_into_a_list_or_nothing_is_touched(text, changed):
    assert with_first_member(text, "a", "k", "x") == changed


def test_a_bot_without_a_proxy_listens_where_it_is_reached(file):
    init(file, answers=ANSWERS | {"web.public_url": "http://127.0.0.1:9123", "catalog": "n"})
    assert read(file, unsigned=True).web.port == 9123
    init(file.with_name("other.toml"), answers=ANSWERS | {"catalog": "n"})
    assert read(file.with_name("other.toml"), unsigned=True).web.port == 8080
