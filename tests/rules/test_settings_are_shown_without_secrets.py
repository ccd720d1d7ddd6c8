"""Who may look at the settings sees what is set, and no password that an address holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from outrider.app.views.settings import shown
from outrider.kernel.settings import load


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("checkpoint_store", "s3://bucket/log?secret_access_key=hunter2"),
        ("object_store", "s3://bucket/raw?secret_access_key=hunter2"),
        ("otlp_endpoint", "https://ops:hunter2@traces.example"),
        ("kms_url", "https://ops:hunter2@kms.example/"),
        ("slack_api_url", "https://proxy.example/api/?token=hunter2"),
    ],
)
def test_an_address_with_a_password_is_only_said_to_be_set(
    home: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    variable = {
        "otlp_endpoint": "OTEL_EXPORTER_OTLP_ENDPOINT",
        "kms_url": "AWS_ENDPOINT_URL_KMS",
    }.get(name, f"OUTRIDER_{name.upper()}")
    monkeypatch.setenv(variable, value)
    told = shown(load(home=home))
    assert {one.name: one.value for one in told.items}[name] == "set"
    assert "hunter2" not in told.model_dump_json()


def test_an_address_without_one_is_shown(home: Path) -> None:
    told = {one.name: one.value for one in shown(load(home=home)).items}
    assert told["public_url"] == "http://127.0.0.1:8460"
    assert told["checkpoint_store"] == "not set"
