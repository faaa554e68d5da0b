"""The one error that `setup/` shows to a person."""


class SetupError(Exception):
    """Something the person has to change; its text is one line and says what."""
