"""The command `arende` and the composition root: the only code that sees more than one service."""

__version__ = "0.1.0"
