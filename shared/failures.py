"""What an operator can put right: a missing setting, a taken port, a server that can't be reached."""


class Failure(Exception):
    """One line that names the thing, and never a secret's value. The command line prints it alone."""
