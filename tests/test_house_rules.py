"""Rules of the house that no linter knows."""

import ast
import re
from pathlib import Path

import pytest

ROOMS = ("bot", "handlers", "booking", "db", "sandbox")
FILES = sorted(
    path for room in ROOMS for path in Path(room).rglob("*.py") if "migrations" not in path.parts
)
DOMAIN = [path for path in FILES if path.parts[0] in {"booking", "db"}]
OUTSIDE = {"payments", "bot", "client", "sender", "stripe"}
TRANSACTION_ROOMS = {"booking", "db"}


def functions(tree):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def is_transactional(node):
    return any("transactional" in ast.unparse(decorator) for decorator in node.decorator_list)


@pytest.mark.parametrize("path", DOMAIN, ids=str)
def test_no_call_outside_while_a_transaction_is_open(path):
    for function in filter(is_transactional, functions(ast.parse(path.read_text()))):
        for node in ast.walk(function):
            if isinstance(node, ast.Await):
                words = set(ast.unparse(node.value).split("(")[0].split("."))
                assert not words & OUTSIDE, f"{path}:{node.lineno} asks the outside"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_fits_on_a_few_screens(path):
    assert len(path.read_text().splitlines()) <= 250


@pytest.mark.parametrize("path", FILES, ids=str)
def test_only_the_domain_and_the_memory_open_transactions(path):
    if path.parts[0] in TRANSACTION_ROOMS:
        return
    assert not [f.name for f in functions(ast.parse(path.read_text())) if is_transactional(f)]


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_check_is_silenced(path):
    text = path.read_text()
    silenced = ("type: " + "ignore", "# no" + "qa", "pragma: no " + "cover")
    assert [mark for mark in silenced if mark in text] == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_every_public_thing_says_what_it_does(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), f"{path} does not say what it is"
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
    ]
    assert [node.name for node in public if not ast.get_docstring(node)] == []


SECRETS = re.compile(r"secret|signature|seal|token|digest|hmac", re.IGNORECASE)


def is_secret(node):
    """Whether a name, or what is read of something, is called like a secret."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return is_secret(node.func.value)
    return bool(SECRETS.search(getattr(node, "attr", getattr(node, "id", ""))))


def is_constant(node):
    return isinstance(node, ast.Constant) or getattr(node, "id", "").isupper()


@pytest.mark.parametrize("path", [one for one in FILES if one.parts[0] != "sandbox"], ids=str)
def test_no_secret_is_compared_letter_by_letter(path):
    """How long == takes tells how much of a guess was right: hmac.compare_digest does not."""
    tree = ast.parse(path.read_text())
    knows_secrets = any(isinstance(n, ast.Import) and n.names[0].name == "hmac" for n in tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = [node.left, *node.comparators]
            if not any(map(is_constant, sides)):
                in_haste = knows_secrets or any(map(is_secret, sides))
                assert not in_haste, f"{path}:{node.lineno} {ast.unparse(node)}"


def test_states_move_only_through_the_moves():
    offenders = []
    for path in FILES:
        if path.name == "moves.py" or path.parts[0] == "sandbox":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".update"):
                names = {keyword.arg for keyword in node.keywords}
                if names & {"status", "state"}:
                    offenders.append(f"{path}:{node.lineno}")
    assert offenders == []
