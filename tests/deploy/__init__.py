"""What deploy/ gives to operators is run for real, as far as a machine without an engine lets."""

from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
