"""python -m tests.families: docs/operations.md from the newest results."""

from tests.families.page import PAGE, renewed, take
from tests.families.record import ROOT

take(ROOT / ".families.json")
PAGE.write_text(renewed(PAGE.read_text()))
print(f"{PAGE.relative_to(ROOT)} says what docs/runs says")
