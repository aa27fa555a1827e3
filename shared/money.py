"""Money as the product counts it: whole öre, Swedish kronor."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Money(BaseModel):
    """An amount of money."""

    model_config = ConfigDict(from_attributes=True, use_attribute_docstrings=True)

    amount: Annotated[int, Field(strict=True, examples=[12500])]
    """In öre, hundredths of a krona; negative where it is owed the other way."""
    currency: Literal["SEK"] = "SEK"
    """ISO 4217; every price is in Swedish kronor."""
