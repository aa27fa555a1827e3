"""`arende …`: everything an operator or a developer runs, with a file for each group of commands.

Each command imports what it runs when it is called: `arende serve cases` loads cases alone, and a service
that can't be imported stops no other.
"""

import logging
import sys
from typing import Annotated

import typer

from arende import __version__
from arende.cli import audit, billing, bureaus, dead_letters, local, provision, services
from arende.cli.republish import republish
from shared.failures import Failure

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)
for command in (
    services.serve,
    services.work,
    services.migrate,
    services.declare,
    services.settings,
    republish,
    provision.provision,
    local.up,
    local.demo,
):
    app.command()(command)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(billing.app, name="billing")
app.add_typer(bureaus.app, name="bureaus")
app.add_typer(audit.app, name="audit")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"arende {__version__}")
        raise typer.Exit


@app.callback()
def arende(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Ärende: case management between an accounting bureau and its customers."""


def main() -> None:
    """Run one command. An error that an operator can put right is one line on stderr, without a traceback."""
    # Libraries log while they run into an error, and a terminal is no place for that. `serve` and `work` set
    # up logs of their own.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        sys.exit(app(prog_name="arende", standalone_mode=False))
    except typer.TyperException as error:
        if told := " ".join(error.format_message().split()):
            typer.echo(f"arende: {told}", err=True)
        sys.exit(error.exit_code)
    except Failure as failure:
        typer.echo(f"arende: {failure}", err=True)
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        typer.echo(f"arende: {error.filename}: {error.strerror}", err=True)
        sys.exit(1)
    except typer.Abort:
        sys.exit(1)
