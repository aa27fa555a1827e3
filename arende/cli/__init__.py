"""`arende …`: everything an operator or a developer runs, a file per group of commands."""

import typer

from arende.cli import dead_letters, local, operations, provision, services

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(dead_letters.app, name="dead-letters")
app.add_typer(operations.billing, name="billing")
app.add_typer(operations.audit, name="audit")
for command in (
    services.serve,
    services.work,
    services.migrate,
    services.declare,
    services.settings,
    provision.provision,
    local.up,
    local.demo,
):
    app.command()(command)
