"""The house: sizes, furniture, and imports that the linter's contracts cannot say."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "outrider"
ROOMS = "prospects campaigns drafts sending conversations crm agents learning guardrails".split()
FORBIDDEN_NAMES = {"utils", "helpers", "manager", "service", "base", "common", "misc"}


def python_files() -> Iterator[Path]:
    for folder in ("src", "tests", "benchmarks", "scripts"):
        yield from sorted((ROOT / folder).rglob("*.py"))


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("outrider", cache_dir=None)


def test_no_file_is_longer_than_500_lines() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in python_files()
        if (lines := len(file.read_text().splitlines())) > 500
    }
    assert not long


def test_no_function_is_longer_than_60_lines() -> None:
    long = {}
    for file in python_files():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > 60:
                    long[f"{file.relative_to(ROOT)}:{node.name}"] = lines
    assert not long


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_goes_in_what_comes_out_and_what_never(room: str) -> None:
    tree = ast.parse((SOURCE / room / "__init__.py").read_text())
    words = ast.get_docstring(tree) or ""
    assert len(tree.body) == 1, "an __init__ of a room imports nothing"
    for word in ("In:", "Out:", "Never:"):
        assert word in words


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for file in python_files()
        if file.is_relative_to(SOURCE) and not ast.get_docstring(ast.parse(file.read_text()))
    ]
    assert not silent


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not [str(file) for file in python_files() if file.stem in FORBIDDEN_NAMES]


def test_vendors_know_only_ports_types_and_the_kernel() -> None:
    wrong = []
    for module in graph().find_descendants("outrider.vendors"):
        for imported in graph().find_modules_directly_imported_by(module):
            parts = imported.split(".")
            if parts[:2] in (["outrider", "kernel"], ["outrider", "vendors"]) or len(parts) < 3:
                continue
            if parts[1] in ROOMS and not parts[-1].endswith(("ports", "types")):
                wrong.append(f"{module} → {imported}")
    assert not wrong


def test_only_vendors_files_of_one_service_know_each_other() -> None:
    wrong = []
    for module in graph().find_descendants("outrider.vendors"):
        for imported in graph().find_modules_directly_imported_by(module):
            if not imported.startswith("outrider.vendors.") or ".fakes" in module:
                continue
            if imported == "outrider.vendors.http_transport":
                continue  # what any service over HTTP needs: time limits, tries, a circuit
            if imported == "outrider.vendors.aws_sigv4":
                continue  # what any service of AWS needs: its signature
            one, other = module.split(".")[2], imported.split(".")[2]
            if one.split("_")[0] != other.split("_")[0]:
                wrong.append(f"{module} → {imported}")
    assert not wrong


def test_only_a_store_speaks_sql() -> None:
    wrong = []
    for room in ROOMS:
        for file in sorted((SOURCE / room).rglob("*.py")):
            imports_sql = "sqlalchemy" in file.read_text()
            if imports_sql and not file.stem.startswith(("store", "tables")):
                wrong.append(str(file.relative_to(SOURCE)))
    assert not wrong
