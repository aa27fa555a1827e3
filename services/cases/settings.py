"""Settings of cases, built in main.py and passed down."""

import re
from pathlib import Path

from pydantic import Field, field_validator

from shared.http.schemas import LARGEST_INT
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "cases"
    files_folder: Path = Field(Path("/var/lib/arende/files"), description="where uploaded files are kept")
    largest_file: int = Field(50_000_000, ge=1, le=LARGEST_INT, description="bytes of an uploaded file")
    clamd: str | None = Field(
        None, description="the virus scanner: host:port or /socket of clamd; without it nothing is scanned"
    )
    scan_seconds: float = Field(30, gt=0, le=120, description="how long clamd may take for one file")

    @field_validator("clamd")
    @classmethod
    def require_scanner(cls, clamd: str | None) -> str | None:
        if clamd and not re.fullmatch(r"/.+|([\w.-]+|\[[\da-fA-F:]+\]):\d{1,5}", clamd):
            raise ValueError("is neither host:port nor the path of a socket")
        return clamd or None
