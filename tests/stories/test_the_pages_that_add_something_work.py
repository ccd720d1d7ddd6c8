"""Whoever follows the pages "add a tool" and "add an agent" word for word ends with one that works.

The pages' own blocks are put into a copy of the tree, their commands are run there as they stand.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import URL

from outrider.agents.roster import ROSTER
from outrider.agents.toolbox.registry import TOOLS

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ("add-a-tool.md", "add-an-agent.md")
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.S | re.M)
_FILE = re.compile(r"(?:Put this into|In) `((?:src|tests)/[^`]+)`")
PYTHON = ".venv/bin/python"


@dataclass(frozen=True)
class Block:
    """One block of a page, with the file that the words before it name."""

    kind: str
    text: str
    file: str

    @property
    def added(self) -> list[str]:
        """The lines that a reader adds."""
        lines = [line for line in self.text.splitlines() if line.strip()]
        if self.kind == "diff":
            old = {line[1:] for line in lines if line.startswith("-")}
            return [line for line in lines if line.startswith("+") and line[1:] not in old]
        return lines


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page in their order."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        named = _FILE.findall(text[: found.start()])
        yield Block(found[1], found[2], named[-1] if named else "")


@dataclass(frozen=True)
class Copy:
    """The tree as a newcomer has it, and a database of his own."""

    root: Path
    url: URL

    def follow(self, page: str) -> None:
        """Do what a page says."""
        for block in blocks(page):
            if block.kind == "console":
                for line in block.text.splitlines():
                    self._run(line)
            elif block.kind == "diff":
                self._change(block)
            else:
                (self.root / block.file).write_text(block.text, encoding="utf-8")

    def _change(self, block: Block) -> None:
        lines = block.text.splitlines()
        old = "\n".join(line[1:] for line in lines if line.startswith("-"))
        new = "\n".join(line[1:] for line in lines if line.startswith("+"))
        path = self.root / block.file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{block.file} has this {text.count(old)} times: {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def _run(self, line: str) -> None:
        words = shlex.split(line)
        assert words[0] in ("outrider", PYTHON), line
        start = [sys.executable, *(["-m", "outrider"] if words[0] == "outrider" else [])]
        self.must(*start, *words[1:])

    def must(self, *words: str) -> None:
        """Run a command that must end well."""
        env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.root),
            "OUTRIDER_HOME": str(self.root / "home"),
            "DATABASE_URL": self.url.set(drivername="postgresql").render_as_string(
                hide_password=False
            ),
            "PYTHONPATH": str(self.root / "src"),
        }
        done = subprocess.run(
            words, cwd=self.root, env=env, capture_output=True, text=True, timeout=240, check=False
        )
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"


@pytest.fixture
def copy(owner_url: URL, tmp_path: Path) -> Copy:
    root = tmp_path / "tree"
    aside = shutil.ignore_patterns("__pycache__", "web", "*.eml")
    shutil.copytree(ROOT / "src", root / "src", ignore=aside)
    (root / "tests" / "rooms").mkdir(parents=True)
    for one in (*(ROOT / "tests").glob("*.py"), ROOT / "tests" / "rooms" / "__init__.py"):
        shutil.copy(one, root / one.relative_to(ROOT))
    shutil.copy(ROOT / "pyproject.toml", root)
    return Copy(root, owner_url)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_followed_word_for_word_a_page_ends_with_something_that_works(
    copy: Copy, page: str
) -> None:
    copy.follow(page)
    written = [str(copy.root / block.file) for block in blocks(page) if block.file.endswith(".py")]
    copy.must(sys.executable, "-m", "ruff", "check", "--no-cache", *written)
    copy.must(sys.executable, "-m", "ruff", "format", "--no-cache", "--check", *written)


@pytest.mark.parametrize("page", PAGES)
def test_what_a_reader_writes_is_under_thirty_lines(page: str) -> None:
    found = [block for block in blocks(page) if block.kind != "console"]
    product = [line for block in found if block.file.startswith("src/") for line in block.added]
    trial = [line for block in found if block.file.startswith("tests/") for line in block.added]
    assert 0 < len(product) < 30
    assert 0 < len(trial) < 20


def test_what_the_pages_add_is_not_there_already() -> None:
    assert "count_people" not in TOOLS
    assert "record-reader" not in ROSTER
