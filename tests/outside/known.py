"""What the product calls outside, read from its source: so that the matrix knows every call."""

import ast
import re
from pathlib import Path

from sandbox.telegram.methods import METHODS

ROOMS = ("bot", "handlers", "booking", "db")
BOT_API = re.compile(r"(get|set|send|edit|answer|delete|pin|unpin|copy|forward)[A-Z]\w+")
TYPED = re.compile(r"(reply|send|edit|delete|answer)_\w+")
PTB = {"initialize": "getMe"}
"""What methods of PTB's application call, of those that we use."""
STARTS = ("v1", "service")
"""What the names of stripe's services stand behind: `service` is one of webhook endpoints."""
SERVICE = "webhook_endpoints"
RAW = "raw_request_async"
VERBS = {"get": "retrieve"}


def trees():
    for room in ROOMS:
        for path in sorted(Path(room).rglob("*.py")):
            yield path, ast.parse(path.read_text())


def said_to_stripe() -> set[str]:
    """Return every method of stripe's client that is called, as `refunds.create`."""
    found = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(RAW):
                found.add(_raw(node))
            if isinstance(node, ast.Attribute) and node.attr.endswith("_async"):
                words = ast.unparse(node).removesuffix("_async").split(".")
                starts = [words.index(one) for one in STARTS if one in words]
                if "_v1" in words:
                    starts.append(words.index("_v1"))
                if not starts:  # the SDK's own pieces, not a call
                    continue
                rest = words[starts[0] + 1 :]
                found.add(".".join([SERVICE, *rest] if words[starts[0]] == "service" else rest))
    return found


def _raw(call: ast.Call) -> str:
    """Return what a raw request is called by its client: a GET of one object retrieves it."""
    method, path = call.args
    assert isinstance(method, ast.Constant)
    assert isinstance(path, ast.JoinedStr)
    begins = path.values[0]
    assert isinstance(begins, ast.Constant)
    return ".".join([*str(begins.value).strip("/").split("/")[1:], VERBS[str(method.value)]])


def said_to_telegram() -> set[str]:
    """Return every method of the Bot API that is named anywhere in the product."""
    known = {method.name for method in METHODS.values()} | {"getUpdates", "setWebhook"}
    found = set()
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and BOT_API.fullmatch(str(node.value)):
                found.add(node.value)
            if isinstance(node, ast.JoinedStr):
                found |= _composed(node, known)
            if isinstance(node, ast.Attribute) and node.attr in PTB:
                found.add(PTB[node.attr])
    return found - {"getMy", "setMy"}  # what two of them begin with


def _composed(node: ast.JoinedStr, known: set[str]) -> set[str]:
    """Return the methods that a string with holes may be; none where it begins with a hole."""
    first = node.values[0]
    if not (isinstance(first, ast.Constant) and re.fullmatch(r"[sg]etMy", str(first.value))):
        return set()
    return {name for name in known if name.startswith(first.value) and name.endswith("Description")}


def typed_by_ptb() -> list[str]:
    """List where a method of PTB's objects would call the Bot API past our own way."""
    found = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Await) and isinstance(node.value, ast.Call):
                name = ast.unparse(node.value.func)
                if re.search(r"\b(bot|message|query|chat|user)\.(\w+)$", name) and TYPED.search(
                    name
                ):
                    found.append(f"{path}:{node.lineno} {name}")
    return found
