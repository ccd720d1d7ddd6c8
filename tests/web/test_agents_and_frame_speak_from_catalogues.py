"""Every word of the frame and of the agents' screens comes from their catalogue."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parent.parent.parent / "web"
LINT = WEB / "texts.mjs"

SPEAK = ("src/app", "src/features/agents")
"""Every word of these comes from their catalogue."""

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (WEB / "node_modules" / "typescript").is_dir(),
    reason="what reads the sources is not installed: npm ci --prefix web",
)


def words_outside(*folders: str) -> list[str]:
    done = subprocess.run(
        ["node", str(LINT), *folders], cwd=WEB, capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("folder", SPEAK)
def test_no_words_stand_outside_the_catalogue(folder: str) -> None:
    assert words_outside(folder) == []


def test_words_in_text_attributes_and_choices_are_found(tmp_path: Path) -> None:
    (tmp_path / "One.tsx").write_text(
        "const One = ({ on }) => (\n"
        '  <p title="A name" className="quiet">\n'
        "    Hello {on ? 'there' : say('key')} {`${on} drafts`}\n"
        "  </p>\n"
        ");\n"
    )
    found = [line.split(": ", 1)[1] for line in words_outside(str(tmp_path))]
    assert found == ["A name", "Hello", "there", "drafts"]
