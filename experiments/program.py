"""How commands are started here: `python -m experiments` in a checkout, `metalab` where it is installed."""

_NAMES = ["python -m experiments"]


def use_program(name: str) -> None:
    """Say that commands are started by `name`."""
    _NAMES[0] = name


def show_command(words: str = "") -> str:
    """A command line as a person would type it here."""
    return f"{_NAMES[0]} {words}".rstrip()
