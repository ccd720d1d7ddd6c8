"""Real bounces of many servers are read as well as is promised; ordinary mail is left alone."""

from __future__ import annotations

import json
from pathlib import Path

from outrider.sending.bounces.detect import detect
from outrider.sending.bounces.types import Kind
from outrider.vendors.maildir_in import MailFolder
from tests.bounce_figures import labelled, measure

REPORTS = frozenset({Kind.BOUNCE, Kind.DELAY, Kind.COMPLAINT, Kind.FEEDBACK, Kind.DELIVERED})


def test_real_bounces_are_found_and_dead_addresses_are_told_from_living_ones(
    shared_data: Path,
) -> None:
    figures = measure(labelled(shared_data / "bounces"))
    assert figures.found / figures.bounces >= 0.97
    assert figures.exact / figures.bounces >= 0.95
    assert figures.hard_precision >= 0.97
    assert figures.hard_recall >= 0.95


def test_complaints_receipts_and_absences_are_told_apart(shared_data: Path) -> None:
    figures = measure(labelled(shared_data / "bounces"))
    assert figures.others == 22
    assert figures.others_right == figures.others


def test_ordinary_mail_is_never_taken_for_a_report(shared_data: Path) -> None:
    folders = sorted((shared_data / "mail").glob("*.mbox"))
    mails = [raw.data for folder in folders for raw in MailFolder(folder).mails()]
    cases = json.loads((shared_data / "replies" / "cases.json").read_text())
    mails += [case["message"].encode("utf-8", "surrogatepass") for case in cases]
    mails += [file.read_bytes() for file in (shared_data / "bounces" / "not_bounces").iterdir()]
    assert len(mails) == 650 + 54 + 2
    reports = [report for report in map(detect, mails) if report and report.kind in REPORTS]
    assert reports == []


def test_broken_mail_is_read_without_a_crash(shared_data: Path) -> None:
    files = [file for file in (shared_data / "mime").rglob("*") if file.is_file()]
    assert len(files) > 90
    for file in files:
        raw = file.read_bytes()
        assert detect(raw) == detect(raw)
