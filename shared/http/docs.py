"""`/docs`: Swagger UI on the API's document, its files served by us, so that it needs no other host."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

ASSETS = "/docs/assets"
# Vendored; its README says which version it is and how it is replaced by a newer one.
SWAGGER = Path(__file__).parent / "swagger"


def serve_docs(app: FastAPI) -> None:
    """`app` must have been made with `docs_url=None`."""
    app.mount(ASSETS, StaticFiles(directory=SWAGGER), name="docs-assets")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url=f"{ASSETS}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS}/favicon-32x32.png",
            swagger_ui_parameters={"persistAuthorization": True, "displayRequestDuration": True},
        )
