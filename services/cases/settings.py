"""Settings of cases, built in main.py and passed down."""

from pathlib import Path

from pydantic import Field

from shared.http.schemas import LARGEST_INT
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    service: str = "cases"
    files_folder: Path = Field(Path("/var/lib/arende/files"), description="where uploaded files are kept")
    largest_file: int = Field(50_000_000, ge=1, le=LARGEST_INT, description="bytes of an uploaded file")
