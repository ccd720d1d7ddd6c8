"""The sources of the web app keep the house's order: small files, rooms apart, a client that fits the API."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from outrider.app.api import web
from outrider.app.api.main import create_app

ROOT = Path(__file__).resolve().parent.parent.parent
WEB = ROOT / "web"
SOURCE = WEB / "src"
GENERATED = SOURCE / "api" / "schema.d.ts"
MOST_LINES = 250
FIRST_ROUTE_BYTES = 230_000


def sources() -> Iterator[Path]:
    """Every file that a person wrote."""
    for file in sorted(SOURCE.rglob("*")):
        if file.suffix in (".ts", ".tsx") and file != GENERATED:
            yield file


def test_no_file_is_longer_than_250_lines() -> None:
    long = {
        str(file.relative_to(WEB)): lines
        for file in sources()
        if (lines := len(file.read_text().splitlines())) > MOST_LINES
    }
    assert not long


def test_every_file_says_what_it_is() -> None:
    silent = [
        str(file.relative_to(WEB))
        for file in sources()
        if not file.read_text().startswith(("// ", "/// "))
    ]
    assert not silent


def test_no_feature_imports_another() -> None:
    wrong = []
    for file in sources():
        parts = file.relative_to(SOURCE).parts
        found = re.findall(r"from '@/features/([^/']+)", file.read_text())
        if parts[0] == "features":
            wrong += [f"{file.name} → {name}" for name in found if name != parts[1]]
        elif parts[0] in ("components", "lib", "api"):
            wrong += [f"{file.name} → {name}" for name in found]
    assert not wrong


def test_every_mantine_package_has_one_exact_version() -> None:
    wanted = json.loads((WEB / "package.json").read_text())["dependencies"]
    versions = {version for name, version in wanted.items() if name.startswith("@mantine/")}
    assert len(versions) == 1
    assert re.fullmatch(r"\d+\.\d+\.\d+", versions.pop())


def test_the_lock_names_no_address_to_download_from() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text())
    packages = lock["packages"]
    assert not [name for name, one in packages.items() if "resolved" in one]
    assert all("integrity" in one for name, one in packages.items() if name)


def test_the_client_is_made_from_the_description_of_the_api(tmp_path: Path) -> None:
    program = WEB / "node_modules" / ".bin" / "openapi-typescript"
    if not program.exists() or shutil.which("node") is None:
        pytest.skip("what the client is made with is not installed: npm ci --prefix web")
    described = json.loads((ROOT / "docs" / "openapi.json").read_text())
    if described != json.loads(json.dumps(create_app(None).openapi())):
        pytest.skip("docs/openapi.json is older than the API; scripts/check.py says so")
    made = tmp_path / "schema.d.ts"
    command = [str(program), str(ROOT / "docs" / "openapi.json"), "--output", str(made)]
    subprocess.run([*command, "--alphabetize"], check=True, capture_output=True, cwd=tmp_path)
    assert made.read_text() == GENERATED.read_text(), "say npm run --prefix web types"


def test_the_first_screen_weighs_little() -> None:
    if not web.is_built():
        pytest.skip("the web app is not built: sh scripts/web.sh")
    page = (web.FOLDER / "index.html").read_text()
    names = set(re.findall(r'"/assets/([^"]+\.(?:js|css))"', page))
    assert names
    weight = sum(
        len(gzip.compress((web.FOLDER / "assets" / name).read_bytes(), 9)) for name in names
    )
    assert weight <= FIRST_ROUTE_BYTES
