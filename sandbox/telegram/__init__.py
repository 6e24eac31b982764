"""A pretend Telegram for demos and tests: strict, in memory, over HTTP only."""

from sandbox.telegram.app import TelegramSandbox
from sandbox.telegram.errors import SandboxError
from sandbox.telegram.people import id_of

__all__ = ["SandboxError", "TelegramSandbox", "id_of"]
