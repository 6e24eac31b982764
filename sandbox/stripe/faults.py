"""Planned faults: what goes wrong, on which requests, how many times."""

import re
from dataclasses import dataclass

_KINDS = re.compile(
    r"^(403|500|502|429|409|500:stored|timeout|cut|lost|html|drop|twice|reverse|slow:\d+(\.\d+)?)$"
)


@dataclass
class Fault:
    """Say what goes wrong with requests whose ``METHOD /v1/…`` matches, ``times`` times.

    ``kind``: ``403`` (a restricted key), ``500``, ``502``, ``429``, ``409`` (nothing was done),
    ``500:stored`` (begun, then failed: the answer is kept under the idempotency key),
    ``timeout`` (hangs, nothing done),
    ``cut`` (done, the body breaks off), ``lost`` (done, the connection drops), ``slow:<seconds>``,
    ``html`` (200 and not JSON). Webhooks match as ``WEBHOOK <event type>`` and know ``drop`` (not
    sent), ``lost`` (received, counted as failed), ``twice``, ``slow:<seconds>`` and ``reverse``
    (it and what comes with it arrive in the opposite order).
    """

    match: str
    kind: str
    times: int = 1

    def __post_init__(self) -> None:
        """Refuse a kind that does not exist."""
        if not _KINDS.match(self.kind):
            raise ValueError(f"no such kind of fault: {self.kind}")
        re.compile(self.match)

    @property
    def seconds(self) -> float:
        """Return how long a ``slow`` fault takes, else 0."""
        name, _, number = self.kind.partition(":")
        return float(number) if name == "slow" else 0.0


def take(faults: list[Fault], line: str, *, kind: str = "") -> Fault | None:
    """Use up one turn of the first fault due for this request, if there is one.

    With a `kind`, only of that kind: when the first that is due is another, nothing is used up.
    """
    for fault in faults:
        if fault.times > 0 and re.search(fault.match, line):
            if kind and fault.kind != kind:
                return None
            fault.times -= 1
            if fault.times == 0:
                faults.remove(fault)
            return fault
    return None
