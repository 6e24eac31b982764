"""make audit and make sbom: real pip-audit, asked beside a service that knows what a test wants."""

import asyncio
import json
import subprocess
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from tests.audit import sbom
from tests.audit.tools import NoTools, ready
from tests.deploy import ROOT
from tests.process import free_port

FLAW = {
    "id": "GHSA-test-test-test",
    "aliases": ["CVE-2026-99999"],
    "summary": "The test says so.",
    "details": "The test says so.",
    "modified": "2026-01-01T00:00:00Z",
    "affected": [],
}


@pytest.fixture(autouse=True)
def tools():
    try:
        return ready()
    except NoTools as reason:
        pytest.skip(f"pip-audit cannot be installed: {reason}")


@asynccontextmanager
async def service(flawed: str = ""):
    """A service in the place of osv.dev that knows one flaw, of one library; gives its address."""

    async def told(request: web.Request) -> web.Response:
        asked = (await request.json())["package"]["name"]
        return web.json_response({"vulns": [FLAW]} if asked == flawed else {})

    app = web.Application()
    app.router.add_post("/v1/query", told)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/v1/query"
    finally:
        await runner.cleanup()


async def audit(*words) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.audit",
        *map(str, words),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await process.communicate()
    return process.returncode, out.decode()


def locked() -> list[str]:
    """The line of each library the product runs on."""
    lines = (ROOT / "requirements-run.lock").read_text().splitlines()
    return [line for line in lines if "==" in line and not line.startswith(" ")]


def entry(until, identity: str = "CVE-2026-99999", reason: str = "the test lives with it") -> str:
    return f'[[accepted]]\nid = "{identity}"\nreason = "{reason}"\nuntil = {until}\n'


async def test_libraries_nothing_is_known_of_pass():
    async with service() as url:
        code, told = await audit("--service", "osv", "--osv-url", url)
    assert code == 0
    assert "no vulnerability known that counts" in told
    elsewhere = [line for line in locked() if "sys_platform == 'win32'" in line]
    assert int(told.split()[0]) == len(locked()) - len(elsewhere)


async def test_a_known_vulnerability_fails():
    async with service("aiohttp") as url:
        code, told = await audit("--service", "osv", "--osv-url", url)
    assert code == 1
    assert told.startswith("aiohttp 3.")
    assert "CVE-2026-99999 (GHSA-test-test-test)" in told


async def test_a_service_that_does_not_answer_is_no_pass_and_no_finding():
    nowhere = f"http://127.0.0.1:{free_port()}/v1/query"
    code, told = await audit("--service", "osv", "--osv-url", nowhere)
    assert code == 3
    assert "Connection refused" in told
    assert "NOT AUDITED" in told


async def test_what_is_accepted_does_not_fail_until_its_day_has_passed(tmp_path):
    today, lived_with = datetime.now(UTC).date(), tmp_path / "accepted.toml"
    async with service("aiohttp") as url:
        words = ("--service", "osv", "--osv-url", url, "--accepted", lived_with)
        lived_with.write_text(entry(today))
        code, told = await audit(*words)
        assert (code, "accepted: the test lives with it" in told) == (0, True)
        lived_with.write_text(entry(today - timedelta(days=1)))
        assert (await audit(*words))[0] == 1
        lived_with.write_text(entry(today, identity="CVE-2026-1"))
        assert (await audit(*words))[0] == 1


@pytest.mark.parametrize("missing", ["id", "reason", "until"])
async def test_nothing_is_accepted_without_a_reason_and_a_day(tmp_path, missing):
    file = tmp_path / "accepted.toml"
    lines = entry("2099-01-01").splitlines()
    file.write_text("\n".join(line for line in lines if not line.startswith(missing)))
    code, told = await audit("--accepted", file)
    assert code == 2
    assert "id, reason and until are needed" in told


@pytest.mark.parametrize(("code", "status"), [(0, 0), (1, 1), (2, 1), (3, 0)])
def test_ci_fails_for_a_finding_and_warns_when_nobody_answers(tmp_path, code, status):
    """The lines of .ci/run themselves, with a program that ends as the audit does."""
    run = (ROOT / ".ci/run").read_text()
    lines = run[run.index("audited=0\n") : run.index("# pytest's closing line last")]
    (tmp_path / ".venv/bin").mkdir(parents=True)
    program = tmp_path / ".venv/bin/python"
    program.write_text(f"#!/bin/sh\nexit {code}\n")
    program.chmod(0o755)
    script = f"set -eu\nstatus=0\n{lines}\nexit $status"
    done = subprocess.run(
        ["/bin/sh", "-c", script], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert (done.returncode, "WARNING" in done.stdout) == (status, code == 3)


async def test_the_list_of_what_we_are_made_of_names_every_library_with_its_hashes(tmp_path):
    sbom.write(tmp_path / "sbom.json")
    written = json.loads((tmp_path / "sbom.json").read_text())
    assert (written["bomFormat"], written["specVersion"]) == ("CycloneDX", "1.6")
    assert written["metadata"]["component"]["name"] == "booking-bot"
    names = {line.split()[0] for line in locked()}
    parts = written["components"]
    assert {f"{part['name']}=={part['version']}" for part in parts} == names
    assert all(part["externalReferences"][0]["hashes"] for part in parts)
