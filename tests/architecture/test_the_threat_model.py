"""The threat model names only proofs that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = ROOT / "docs/threats.md"
_LINK = re.compile(r"\]\(([^)#]+)(?:#[^)]*)?\)")


def test_each_proof_of_the_threat_model_is_there() -> None:
    links = _LINK.findall(PAGE.read_text(encoding="utf-8"))
    assert len({link for link in links if link.startswith("../tests/")}) > 20
    missing = [link for link in links if not (PAGE.parent / link).exists()]
    assert missing == []


def test_each_attack_names_what_stops_it_and_what_shows_that() -> None:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    attacks = [row for row in rows if "../tests/" in row]
    assert len(attacks) > 20
    for row in attacks:
        assert len([cell for cell in row.strip("|").split("|") if cell.strip()]) == 3, row
