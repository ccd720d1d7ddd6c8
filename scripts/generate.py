"""Write the pages that are made from the code, or check that they are up to date (`--check`).

In: settings, the error tree, the commands, the API. Out: docs/settings.md, docs/errors.md,
docs/commands.md, docs/openapi.json. Never: a page that a person also edits.
"""

from __future__ import annotations

import json
import sys
import types
import typing
from datetime import timedelta
from pathlib import Path
from typing import Any

import typer.main
from pydantic import SecretStr

from outrider.app.api.main import create_app
from outrider.app.cli.main import app as cli
from outrider.kernel import errors
from outrider.kernel.settings import Settings

DOCS = Path(__file__).resolve().parent.parent / "docs"
MADE = "<!-- Made by `python scripts/generate.py`; change the code, not this page. -->\n\n"


def settings_page() -> str:
    """Every setting: name in the environment, kind, default, meaning."""
    lines = [
        "# Settings\n",
        MADE,
        "Each can be set in the environment, or by its lower-case name in `settings.toml` in the home folder;",
        "the environment wins. Durations are seconds or ISO 8601 (`PT5M`).\n",
        "| variable | kind | default | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        variable = field.validation_alias or f"OUTRIDER_{name.upper()}"
        lines.append(
            f"| `{variable}` | {_kind(field.annotation)} | {_default(field)} | {field.description} |"
        )
    return "\n".join(lines) + "\n"


def _kind(annotation: Any) -> str:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return _kind(next(a for a in typing.get_args(annotation) if a is not type(None)))
    names = {
        str: "text",
        int: "whole number",
        Path: "folder",
        timedelta: "duration",
        bool: "yes/no",
        SecretStr: "secret",
    }
    return names.get(annotation, str(annotation))


def _default(field: Any) -> str:
    if field.default_factory is not None:
        return "the user's data folder"
    if field.default is None:
        return "unset"
    if isinstance(field.default, timedelta):
        return f"`{field.default.total_seconds():g}` s"
    return f"`{field.default}`"


def errors_page() -> str:
    """Every error: code, HTTP status, exit code, message."""
    lines = [
        "# Errors\n",
        MADE,
        "| error | code | HTTP status | exit code | message |",
        "| --- | --- | --- | --- | --- |",
    ]
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, errors.OutriderError):
            lines.append(
                f"| {kind.__name__} | `{kind.code}` | {kind.status} | {kind.exit_code} | {kind()} |"
            )
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """The help of every command."""
    lines = ["# Commands\n", MADE]
    root = typer.main.get_command(cli)

    def walk(command: Any, path: str, parent: Any) -> None:
        context = command.context_class(
            command, info_name=path.split()[-1], parent=parent, terminal_width=100
        )
        lines.append(f"{'##' if parent else '#'} `{path}`\n")
        lines.append("```text\n" + command.get_help(context).strip() + "\n```\n")
        if hasattr(command, "list_commands"):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                if child and not child.hidden:
                    walk(child, f"{path} {name}", context)

    walk(root, "outrider", None)
    return "\n".join(lines)


def openapi_page() -> str:
    """The API's description."""
    return json.dumps(create_app(None).openapi(), indent=1, ensure_ascii=False) + "\n"


PAGES = {
    "settings.md": settings_page,
    "errors.md": errors_page,
    "commands.md": commands_page,
    "openapi.json": openapi_page,
}


def main(arguments: list[str]) -> int:
    """Write or check; the exit code is 1 when a page is stale."""
    stale = 0
    for name, make in PAGES.items():
        page, file = make(), DOCS / name
        if "--check" in arguments:
            if not file.exists() or file.read_text() != page:
                print(f"docs/{name} is stale: run python scripts/generate.py.")
                stale = 1
        else:
            file.write_text(page)
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
