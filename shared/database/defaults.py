"""The defaults of a table's columns, for rows that must have them before any statement is written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault


@dataclass(frozen=True)
class Defaults:
    """The defaults of each column, without those that the database itself makes."""

    columns: frozenset[str]
    constants: Mapping[str, Any]
    makers: Mapping[str, Callable[[Any], Any]]

    def complete(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values, and the default of each column that they leave out."""
        # SQLAlchemy passes the context of a statement to such a function; ours need none.
        made = {name: make(None) for name, make in self.makers.items() if name not in values}
        return {**self.constants, **made, **values}


@cache
def defaults_of(table: Table) -> Defaults:
    defaults = {column.name: column.default for column in table.columns}
    return Defaults(
        frozenset(defaults),
        {name: each.arg for name, each in defaults.items() if isinstance(each, ScalarElementColumnDefault)},
        {name: each.arg for name, each in defaults.items() if isinstance(each, CallableColumnDefault)},
    )


def with_defaults(row: Any, **values: Any) -> None:
    """The constructor of mapped classes (`registry(constructor=with_defaults)`).

    SQLAlchemy itself sets defaults only at the flush, which is too late for the rules of a row.
    """
    defaults = defaults_of(row.__table__)
    if unknown := values.keys() - defaults.columns:
        raise TypeError(f"{type(row).__name__} has no column {', '.join(sorted(unknown))}")
    # Past SQLAlchemy's attributes, which would note each value as a change: a new row is inserted whole.
    vars(row).update(defaults.complete(values))
