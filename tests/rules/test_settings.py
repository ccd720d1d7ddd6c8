"""Settings: arguments win over the environment, the environment over the file; mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from outrider.kernel.errors import InvalidSetting
from outrider.kernel.settings import Settings, load


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("OUTRIDER_HOME", str(tmp_path))


def test_the_environment_wins_over_the_file_and_an_argument_over_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text('port = 1111\npublic_url = "https://file.example"\n')
    assert load().port == 1111
    monkeypatch.setenv("OUTRIDER_PORT", "2222")
    assert load().port == 2222
    assert load(port=3333).port == 3333
    assert load().public_url == "https://file.example"


def test_a_relative_home_is_the_folder_it_names_now(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OUTRIDER_HOME", "here")
    assert load().home == tmp_path / "here"


@pytest.mark.parametrize(
    ("content", "says"),
    [("port = 'high'\n", "high"), ("prot = 1\n", "prot"), ("port = \n", "settings.toml")],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "settings.toml").write_text(content)
    with pytest.raises(InvalidSetting, match=says):
        load()


def test_every_setting_says_what_it_is() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert not silent
