"""Log lines are JSON with the correlation id, and carry no address and no secret."""

from __future__ import annotations

import errno
import fcntl
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from outrider.kernel import telemetry
from outrider.kernel.errors import InvalidSetting
from outrider.kernel.telemetry import configure, correlated, correlation_id, get_logger, redact


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    root.handlers = []
    yield
    for handler in root.handlers:
        handler.close()
    root.handlers, root.level = before, level
    structlog.reset_defaults()


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_a_line_is_json_on_stderr_with_the_correlation_id(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("INFO")
    with correlated("abc"):
        assert correlation_id() == "abc"
        get_logger("sending").info("mail_sent", number=3)
        logging.getLogger("other.library").warning("slow by %s", 7)
    get_logger("sending").debug("not told")
    out, err = capsys.readouterr()
    first, second = lines(err)
    assert out == ""
    assert {**first, "timestamp": ""} == {
        "event": "mail_sent",
        "part": "sending",
        "number": 3,
        "level": "info",
        "correlation_id": "abc",
        "timestamp": "",
    }
    assert (second["event"], second["correlation_id"]) == ("slow by 7", "abc")
    assert correlation_id() == ""


SECRETS = {
    "address": ("ann.reed+x@try-brand.example", "ann.reed"),
    "login": ("postgresql://owner:hunter2@db/outrider", "hunter2"),
    "token": ("e" * 64, "e" * 64),
    "bearer": ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
    "key": ("sk-ant-REDACTED-0123", "abcdefghijkl"),
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_taken_out_wherever_it_stands(
    kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text, secret = SECRETS[kind]
    configure("INFO")
    log = get_logger("test")
    log.info(text)
    log.info("nested", rows=[{"inner": ("x", text)}], error=ValueError(text))
    logging.getLogger("other").error("said %s", text)
    try:
        raise ValueError(text)
    except ValueError:
        log.exception("failed")
    err = capsys.readouterr().err
    assert len(lines(err)) == 4
    assert secret not in err


@pytest.mark.parametrize("name", ["password", "api_key", "smtp_password", "token", "Authorization"])
def test_a_value_under_a_secret_name_is_taken_out(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO")
    get_logger("test").info("x", **{name: "plain"})
    assert lines(capsys.readouterr().err)[0][name] == "[redacted]"


def test_hashes_under_their_name_and_plain_words_stay(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO")
    get_logger("test").info("kept", raw_sha256="a" * 64, tokens=12, ratio=0.5, none=None)
    (line,) = lines(capsys.readouterr().err)
    assert (line["raw_sha256"], line["tokens"], line["ratio"], line["none"]) == (
        "a" * 64,
        12,
        0.5,
        None,
    )
    assert redact("approved draft 3 at 15:02 UTC @ desk") == "approved draft 3 at 15:02 UTC @ desk"


def test_a_command_logs_to_its_file_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("INFO", tmp_path / "logs", to_stderr=False)
    get_logger("test").warning("kept")
    assert capsys.readouterr().err == ""
    assert lines((tmp_path / "logs" / "outrider.log").read_text("utf-8"))[0]["event"] == "kept"


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidSetting, match=r"log folder .* cannot be written"):
        configure("INFO", tmp_path / "file" / "logs")


def test_lines_go_on_and_old_files_are_put_away_where_a_folder_cannot_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_file: int, _how: int) -> None:
        raise OSError(errno.EBADF, "a network disk locks no folder")

    monkeypatch.setattr(fcntl, "flock", refused)
    monkeypatch.setattr(telemetry, "_FILE_BYTES", 300)
    configure("INFO", tmp_path / "logs", to_stderr=False)
    for number in range(6):
        get_logger("test").info("told", number=number)
    files = sorted((tmp_path / "logs").iterdir(), reverse=True)
    assert len(files) > 1
    said = [line["number"] for file in files for line in lines(file.read_text())]
    assert said == list(range(6))
