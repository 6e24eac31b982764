"""The page that shows the pretend world to people: phones, the shop's Stripe, the clock."""

from sandbox.panel.cast import CAST, Persona
from sandbox.panel.routes import Panel

__all__ = ["CAST", "Panel", "Persona"]
