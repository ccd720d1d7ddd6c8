"""Every word that a person reads on a screen comes from a catalogue, so that it can be translated."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parent.parent.parent / "web"
SOURCE = WEB / "src"
LINT = WEB / "texts.mjs"

SPEAK = sorted(
    str(folder.relative_to(WEB))
    for folder in (*SOURCE.iterdir(), *(SOURCE / "features").iterdir())
    if folder.is_dir() and folder.name != "features"
)

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


def test_no_words_stand_outside_the_catalogues() -> None:
    assert words_outside(*SPEAK) == []


@pytest.mark.parametrize(
    "feature", sorted((SOURCE / "features").iterdir()), ids=lambda one: one.name
)
def test_every_feature_has_a_catalogue(feature: Path) -> None:
    assert any("catalogue({" in file.read_text() for file in feature.glob("*[tT]exts.ts"))


def found_in(folder: Path, name: str, source: str) -> list[str]:
    (folder / name).write_text(source)
    return [line.split(": ", 1)[1] for line in words_outside(str(folder))]


def test_words_in_text_attributes_and_choices_are_found(tmp_path: Path) -> None:
    source = (
        "const One = ({ on }) => (\n"
        '  <p title="A name" className="quiet">\n'
        "    Hello {on ? 'there' : say('key')} {`${on} drafts`}\n"
        "  </p>\n"
        ");\n"
    )
    assert found_in(tmp_path, "One.tsx", source) == ["A name", "Hello", "there", "drafts"]


def test_sentences_and_titles_in_tables_and_calls_are_found(tmp_path: Path) -> None:
    source = (
        "import x from 'Some module of ours';\n"
        "const NAMES = { one: 'First one', 'Not this one': 2 };\n"
        "if (key === 'Escape') tell(`Taken back by ${who}`);\n"
        "show('it waits again now');\n"
        "const kinds: 'Left' | 'Right' = sideOf(row.state, 'small', 'outrider up');\n"
    )
    assert found_in(tmp_path, "two.ts", source) == [
        "First one",
        "Taken back by",
        "it waits again now",
    ]


def test_a_catalogue_holds_words(tmp_path: Path) -> None:
    assert found_in(tmp_path, "texts.ts", "catalogue({ one: 'First one' });\n") == []
