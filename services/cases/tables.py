"""The base of this service's rows; each room declares its own in its `tables.py`."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, registry

from shared.database.defaults import with_defaults
from shared.database.tables import NAMES, TYPES


class Row(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMES), type_annotation_map=TYPES, constructor=with_defaults
    )
