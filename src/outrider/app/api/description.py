"""The API's own description (OpenAPI): what each route needs, and how its errors look.

In: the application. Out: the description. Never: a status that can come and is not described.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from outrider.app.api.entry import COOKIE, permissions_by_operation
from outrider.app.api.problems import MEDIA, Problem

_PROBLEM = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_SAID = {
    "400": "A value cannot be used",
    "401": "Nobody is logged in, or the session ended",
    "403": "The caller may not do this",
    "default": "Another error of docs/errors.md",
}


def describe(app: FastAPI) -> None:
    """Let the application describe itself with permissions and problems."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # as FastAPI's documentation has it


def _described(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    needed = permissions_by_operation(app)
    for methods in schema["paths"].values():
        for operation in methods.values():
            _complete(operation, needed.get(operation["operationId"]))
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    # Our answer to a request of the wrong shape is a 400, and a problem as every other.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema()
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": COOKIE},
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A session's token, or an API key (`outrider key add`).",
        },
    }
    return schema


def _complete(operation: dict[str, Any], permission: str | None) -> None:
    answers = operation["responses"]
    if answers.get("422", {}).get("description") == "Validation Error":
        del answers["422"]
    is_page = any("text/html" in one.get("content", {}) for one in answers.values())
    content = {**_PROBLEM, **({"text/html": {"schema": {"type": "string"}}} if is_page else {})}
    for status, said in _SAID.items():
        if status in ("401", "403") and permission is None:
            continue
        answers.setdefault(status, {"description": said, "content": content})
    if permission:
        operation["security"] = [{"bearer": []}, {"session": []}]
        operation["x-permission"] = permission
