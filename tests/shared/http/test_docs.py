"""`/docs`: Swagger UI from our own files."""

import hashlib
import re

import httpx
from fastapi import FastAPI

from shared.http.docs import SWAGGER, serve_docs


def test_the_vendored_files_are_as_they_were_published() -> None:
    lines = (SWAGGER / "SHA256SUMS").read_text().splitlines()
    assert {name: digest for digest, name in map(str.split, lines)} == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in SWAGGER.iterdir()
        if file.name not in ("SHA256SUMS", "README.md")
    }


async def test_the_page_has_all_it_asks_for_on_its_own_host() -> None:
    app = FastAPI(docs_url=None)
    serve_docs(app)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://arende.test") as http:
        page = (await http.get("/docs")).text
        assert "://" not in page
        for link in re.findall(r"(?:src|href)=\"([^\"]+)\"", page):
            assert (await http.get(link)).status_code == 200
        assert (await http.get("/openapi.json")).status_code == 200
