"""What cannot be counted is never started: a model without a price stops `outrider up` at once."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL

from tests.program import Program, plain_sentence

MODELS = """
[models.unknown]
vendor = "openai"
name = "a-model-that-no-list-has"
base_url = "http://127.0.0.1:9/v1"

[tiers]
light = ["unknown"]
mid = ["unknown"]
heavy = ["unknown"]
"""


def test_up_names_the_model_and_the_way_out(home: Path, owner_url: URL) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "models.toml").write_text(MODELS)
    sentence = plain_sentence(Program(home, owner_url).run("up", "--port", "0"))
    assert "unknown" in sentence
    assert "price" in sentence
