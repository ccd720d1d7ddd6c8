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


def test_a_secret_is_never_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OUTRIDER_SLACK_BOT_TOKEN", "xoxb-hush")
    (tmp_path / "settings.toml").write_text('slack_signing_secret = "hush-hush"\n')
    settings = load()
    assert settings.slack_bot_token
    assert settings.slack_bot_token.get_secret_value() == "xoxb-hush"
    for text in (repr(settings), str(settings), settings.model_dump_json()):
        assert "hush" not in text
    (tmp_path / "settings.toml").write_text("slack_signing_secret = 4711\n")
    with pytest.raises(InvalidSetting) as error:
        load()
    assert "4711" not in error.value.message


def test_a_channel_is_given_by_its_id() -> None:
    assert load(slack_channel="C012AB3CD").slack_channel == "C012AB3CD"
    with pytest.raises(InvalidSetting, match="slack_channel"):
        load(slack_channel="#drafts")


def test_every_setting_says_what_it_is() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert not silent
