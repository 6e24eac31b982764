"""Why the bot may not start, or not go on: told to the operator in one line."""


class CannotStart(Exception):
    """The bot cannot start as things are; the message says what to do."""


class CannotGoOn(Exception):
    """The bot that ran must stop; the message says why and what to do."""
