"""What docs/ tells of the metrics is what the program exposes."""

import json
import re
from pathlib import Path

import pytest
import yaml

from bot.clock import SystemClock
from bot.gauges import from_database
from bot.metrics import Metrics
from db import installation

DOCS = Path(__file__).parent.parent.parent / "docs"
NAME = re.compile(r"\b(?:booking_bot|process|python)_[a-z_]*[a-z]")
ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum"), "gauge": ("",)}


@pytest.fixture
async def exposed(database) -> set[str]:
    """The name of every series the program can have."""
    kept = {"at": 1.0, "drift": {"EUR": 0}, "found": {"fee": 1}}
    await installation.put(installation.LAST_COMPARISON, json.dumps(kept))
    clock = SystemClock()
    metrics = Metrics(clock, currency="EUR", engine="sqlite")
    counted = {family.name: family.type for family in metrics.registry.collect()}
    looked_up = await from_database(clock.now(), "EUR")
    counted |= {family.name: family.type for family in looked_up}
    counted |= {"booking_bot_database_up": "gauge"}
    return {name + ending for name, kind in counted.items() for ending in ENDINGS.get(kind, ("",))}


def rules() -> list[dict]:
    groups = yaml.safe_load((DOCS / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict]:
    return json.loads((DOCS / "grafana-dashboard.json").read_text())["panels"]


def expressions() -> list[str]:
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    return asked + [rule["expr"] for rule in rules()]


async def test_alerts_and_dashboard_ask_for_metrics_there_are(exposed):
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert len(asked) > 20
    assert sorted(asked - exposed) == []


async def test_every_metric_of_ours_is_explained_and_every_one_explained_is_there(exposed):
    text = (DOCS / "observability.md").read_text()
    ours = {name for name in exposed if name.startswith("booking_bot_")}
    told = {name for name in NAME.findall(text) if name.startswith("booking_bot_")}
    bare = {re.sub(r"_(bucket|count|sum)$", "", name) for name in ours}
    assert sorted(bare - told) == []
    assert sorted(told - bare - {"booking_bot_token"}) == []


def test_every_rule_says_what_it_is_about_and_what_to_do():
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names) > 10
    for rule in rules():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["todo"]
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}


@pytest.mark.parametrize("expression", expressions())
def test_an_expression_is_whole(expression):
    for opening, closing in ("()", "{}", "[]"):
        assert expression.count(opening) == expression.count(closing)


def test_panels_lie_beside_each_other():
    taken = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in panels()}) == len(panels())
