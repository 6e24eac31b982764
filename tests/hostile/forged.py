"""Stripe events that are not Stripe's: named ones, and as many drawn ones as one likes."""

import gzip
import hashlib
import hmac
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

SECRET, OTHER = "whsec_right", "whsec_of_somebody_else"
SHOP = "shop-1"


def event(number: int = 1, **metadata: str) -> bytes:
    ours = {"app": "booking-bot", "shop": SHOP, "booking": "BK-AAAAAA"} | metadata
    session = {"id": f"cs_test_{number}", "object": "checkout.session", "metadata": ours}
    kind = "checkout.session.completed"
    return json.dumps({"id": f"evt_{number}", "type": kind, "data": {"object": session}}).encode()


def seal(at: int | str, body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


@dataclass(frozen=True)
class Forgery:
    """A request to the webhook that must change nothing."""

    name: str
    body: bytes
    signature: str | None
    more: tuple[str, ...] = ()
    """Further headers."""
    statuses: tuple[int, ...] = (400,)


def named(now: int) -> Iterator[Forgery]:
    """Yield forgeries, each of another kind."""
    body = event()
    good = seal(now, body)
    signed = f"t={now},v1={good}"
    signatures = {
        "none": None,
        "empty": "",
        "spaces": "   ",
        "commas": ",,,,",
        "words": "let me in",
        "no time": f"v1={good}",
        "no signature": f"t={now}",
        "an empty signature": f"t={now},v1=",
        "an empty time": f"t=,v1={good}",
        "v0 only": f"t={now},v0={good}",
        "v2 only": f"t={now},v2={good}",
        "a capital V": f"t={now},V1={good}",
        "capital letters": f"t={now},v1={good.upper()}",
        "cut by one": f"t={now},v1={good[:-1]}",
        "longer by one": f"t={now},v1={good}0",
        "its first half": f"t={now},v1={good[:32]}",
        "a last letter off": f"t={now},v1={good[:-1]}{'0' if good[-1] != '0' else '1'}",
        "a first letter off": f"t={now},v1={'0' if good[0] != '0' else '1'}{good[1:]}",
        "another secret": f"t={now},v1={seal(now, body, OTHER)}",
        "an empty secret": f"t={now},v1={seal(now, body, '')}",
        "301 s old": f"t={now - 301},v1={seal(now - 301, body)}",
        "an hour old": f"t={now - 3600},v1={seal(now - 3600, body)}",
        "of the future": f"t={now + 330},v1={seal(now + 330, body)}",
        "another time than was signed": f"t={now - 10},v1={good}",
        "two times": f"t={now},t={now - 1},v1={good}",
        "two times alike": f"t={now},t={now},v1={good}",
        "a signed time": f"t=+{now},v1={seal(f'+{now}', body)}",
        "a time with a point": f"t={now}.0,v1={seal(f'{now}.0', body)}",
        "a time with an exponent": f"t=1e9,v1={seal('1e9', body)}",
        "a time below zero": f"t=-{now},v1={seal(f'-{now}', body)}",
        "a time with zeros": f"t=000{now},v1={seal(now, body)}",
        "a time with an underscore": f"t={now // 10}_0,v1={seal(f'{now // 10}_0', body)}",
        "an endless time": f"t={'9' * 5000},v1={good}",
        "a time in hex": f"t={now:#x},v1={seal(f'{now:#x}', body)}",
        "bytes above 127": f"t={now},v1=\xff\xfe",
        "a NUL's picture": f"t={now},v1=%00{good}",
        "a signature a hundred times": f"t={now}," + ",".join(f"v1={OTHER}" for _ in range(100)),
        "the good one after sixteen": f"t={now}," + "v1=00," * 20 + f"v1={good}",
        "quotes": f't="{now}",v1="{good}"',
        "semicolons": f"t={now};v1={good}",
        "JSON": json.dumps({"t": now, "v1": good}),
        "eight kilobytes": "v1=" + "a" * 8000,
    }
    for name, signature in signatures.items():
        yield Forgery(f"signature: {name}", body, signature)
    bodies = {
        "a space more": body + b" ",
        "a line more": body + b"\n",
        "one letter other": body.replace(b"evt_1", b"evt_2"),
        "another order's": event(booking="BK-BBBBBB"),
        "cut": body[:-1],
        "none": b"",
        "packed": gzip.compress(body),
        "in another order": json.dumps(dict(reversed(json.loads(body).items()))).encode(),
        "in UTF-16": body.decode().encode("utf-16"),
        "with a mark": b"\xef\xbb\xbf" + body,
    }
    for name, other in bodies.items():
        yield Forgery(f"body: {name}", other, signed)
    packed = gzip.compress(body)
    yield Forgery("packed and said so", packed, signed, ("Content-Encoding: gzip",))
    yield Forgery("said to be packed", body, f"{signed}x", ("Content-Encoding: deflate",))
    first = f"Stripe-Signature: t={now},v1={seal(now, body, OTHER)}"
    yield Forgery("a forged header before the good one", body, signed, (first,))
    yield Forgery(
        "two mebibytes, signed", b"x" * 2**21, f"t={now},v1={seal(now, b'x')}", (), (413,)
    )
    yield from _signed_nonsense(now)


def _signed_nonsense(now: int) -> Iterator[Forgery]:
    """Yield what only Stripe could send, and does not."""
    deep = b"[" * 100_000
    surrogate = event().replace(b"evt_1", b"evt_\\ud800")
    for name, body in {
        "no bytes": b"",
        "no UTF-8": b"\xff\xfe\xfd",
        "null": b"null",
        "a list": b"[]",
        "a word": b'"x"',
        "a number": b"1e999",
        "not a number": b"NaN",
        "deep": deep,
        "a number for an id": b'{"id": 1}',
        "no data": b'{"id": "evt_1", "type": "checkout.session.completed", "data": null}',
        "a list of data": b'{"id": "evt_1", "data": []}',
        "half a letter": surrogate,
    }.items():
        yield Forgery(f"signed: {name}", body, f"t={now},v1={seal(now, body)}")


def drawn(seed: int, now: int) -> Forgery:
    """Return a forgery drawn by a seed: a good request with something wrong in it."""
    dice = random.Random(seed)
    true = event(dice.randrange(1000))
    body, signature = bytearray(true), f"t={now},v1={seal(now, true)}"
    for _ in range(dice.randint(1, 3)):
        if dice.random() < 0.5:
            at = dice.randrange(len(body))
            body[at] ^= 1 << dice.randrange(8)
        else:
            signature = _spoiled(dice, signature)
    # a comma more in the header spoils nothing; a bit of the body does
    statuses = (200, 400) if bytes(body) == true else (400,)
    return Forgery(f"seed {seed}", bytes(body), signature, (), statuses)


def _spoiled(dice: random.Random, signature: str) -> str:
    at = dice.randrange(max(1, len(signature)))
    how = dice.randrange(4)
    if how == 0:
        return signature[:at] + signature[at + 1 :]
    if how == 1:
        return signature[:at] + chr(dice.randrange(33, 256)) + signature[at:]
    if how == 2:
        return signature[:at]
    return signature[:at] + chr(dice.randrange(33, 256)) + signature[at + 1 :]
