"""Why the bot may not start: told to the operator in one line."""


class CannotStart(Exception):
    """The bot cannot start as things are; the message says what to do."""
