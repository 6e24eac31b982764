"""Where commands write: never over what the shop lives by, whole or not at all, for its owner."""

import os
import stat
from pathlib import Path

import pytest

from bot.config import read
from bot.keys import key_file
from db.urls import path_of
from tests.bot.test_commands import CATALOG, shell

BACKUP, EXPORT = ("backup",), ("export", "audit", "-o")
NEEDED = "is a file the shop needs"


@pytest.fixture
def shop_file(config_file, sqlite_engine):
    """A shop with a key in a file, and its signing secret in another."""
    text = config_file.read_text()
    secret = config_file.with_name("whsec")
    secret.write_text("whsec_0123456789\n")
    url = sqlite_engine.empty()
    line = next(one for one in text.splitlines() if one.startswith("webhook_secrets"))
    text = text.replace(line, 'webhook_secrets_file = "whsec"')
    config_file.write_text(f'{text}\n[database]\nurl = "{url}"\n')
    assert shell("migrate", "--config", config_file)[0] == 0
    assert shell("export", "audit", "--config", config_file)[0] == 0
    return config_file


def kept(file: Path, words, shop_file) -> str:
    """What the command says that must leave a file as it was."""
    before = file.read_bytes()
    code, _, err = shell(*words, file, "--config", shop_file)
    assert code == 1
    assert file.read_bytes() == before
    return err


@pytest.mark.parametrize("words", [BACKUP, EXPORT])
def test_nothing_is_written_over_what_the_shop_lives_by(words, shop_file):
    settings = read(shop_file)
    database = path_of(settings.database.url.get_secret_value())
    link = shop_file.with_name("link")
    link.symlink_to(database)
    for file in (database, link, database.with_name(f"{database.name}.lock")):
        file.touch()
        assert "belongs to the database itself" in kept(file, words, shop_file)
    assert NEEDED in kept(shop_file, words, shop_file)
    assert NEEDED in kept(key_file(settings), words, shop_file)
    assert "has a secret of the shop in it" in kept(shop_file.with_name("whsec"), words, shop_file)
    assert shell("export", "bookings", "--config", shop_file)[0] == 0


def test_a_backup_takes_the_place_of_older_copies_alone(shop_file, tmp_path):
    text, pipe, copy = tmp_path / "notes.txt", tmp_path / "pipe", tmp_path / "shop.backup"
    text.write_text("what I must not forget")
    assert "is no older copy" in kept(text, BACKUP, shop_file)
    os.mkfifo(pipe)
    code, _, err = shell("backup", pipe, "--config", shop_file)
    assert (code, "is no file" in err) == (1, True)
    assert pipe.is_fifo()
    for _ in range(2):
        assert shell("backup", copy, "--config", shop_file)[0] == 0
    copy.with_name(f"{copy.name}.lock").write_text('{"used": true}')
    assert "a database that a bot used" in kept(copy, BACKUP, shop_file)


def test_an_export_is_its_owners_alone_and_an_older_file_keeps_its_mode(shop_file, tmp_path):
    new, old = tmp_path / "new.json", tmp_path / "old.json"
    old.write_text("older")
    old.chmod(0o640)
    link = tmp_path / "newest.json"
    link.symlink_to(old)
    for file in (new, link):
        assert shell("export", "customers", "-o", file, "--config", shop_file)[0] == 0
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert link.is_symlink()
    assert (old.read_text(), stat.S_IMODE(old.stat().st_mode)) == ("", 0o640)
    old.chmod(0o644)
    assert shell("export", "customers", "-o", old, "--config", shop_file)[0] == 0
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


def test_an_export_takes_no_backups_place(shop_file, tmp_path):
    copy = tmp_path / "shop.backup"
    assert shell("backup", copy, "--config", shop_file)[0] == 0
    assert "is a copy of a database" in kept(copy, EXPORT, shop_file)


def test_an_export_that_fails_leaves_the_older_one(shop_file, tmp_path):
    old = tmp_path / "old.json"
    old.write_text("older")
    database = path_of(read(shop_file).database.url.get_secret_value())
    database.rename(database.with_name("away"))
    code, _, _ = shell("export", "customers", "-o", old, "--config", shop_file)
    assert code == 1
    assert old.read_text() == "older"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".old")] == []


@pytest.mark.parametrize("option", ["--since", "--until"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1969-12-31"])
def test_a_day_no_shop_ever_had_is_misuse(option, day, shop_file):
    commands = [["export", "bookings"]] + ([["reconcile"]] if option == "--since" else [])
    for words in commands:
        code, _, err = shell(*words, option, day, "--config", shop_file)
        assert code == 2
        assert f"{day} is no day of this shop" in " ".join(err.split())


def test_a_file_too_deep_or_without_an_end_is_told_in_a_line(shop_file, tmp_path):
    deep = tmp_path / "deep.toml"
    deep.write_text("a = " + "[" * 5000)
    for words in (
        ["check", "--config", deep],
        ["check", "--config", "/dev/zero"],
        ["catalog", "check", deep, "--config", shop_file],
        ["catalog", "check", "/dev/zero", "--config", shop_file],
    ):
        code, _, err = shell(*words)
        assert code in {1, 2}
        assert len(err.splitlines()) == 1
        assert "recursion" in err or "File too large" in err


def test_a_photo_that_leads_out_of_the_folder_is_none(shop_file, tmp_path):
    catalog = tmp_path / "shop" / "catalog.toml"
    catalog.parent.mkdir()
    text = CATALOG.read_text()
    first = next(line for line in text.splitlines() if line.startswith("duration"))
    catalog.write_text(text.replace(first, f'{first}\nphoto = "photo.jpg"', 1))
    (catalog.parent / "photo.jpg").symlink_to(shop_file)
    _, _, err = shell("catalog", "check", catalog, "--config", shop_file)
    assert "'photo.jpg' is not a file" in err
