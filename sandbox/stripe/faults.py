"""Planned faults: what goes wrong, on which requests, how many times."""

import re
from dataclasses import dataclass


@dataclass
class Fault:
    """Say what goes wrong with requests whose ``METHOD /path`` matches.

    ``kind``: ``"500"``, ``"502"``, ``"429"``, ``"409"`` (nothing was done), ``"500:stored"`` (begun,
    then failed: the answer is kept under the idempotency key), ``"timeout"`` (hangs), ``"cut"``
    (done, the body breaks off), ``"lost"`` (done, the connection drops), ``"slow:<seconds>"``,
    ``"html"`` (a 200 page that is not JSON).
    """

    match: str
    kind: str
    times: int = 1

    def applies(self, line: str) -> bool:
        """Tell whether this fault is still due for ``METHOD /path``."""
        return self.times > 0 and re.search(self.match, line) is not None
