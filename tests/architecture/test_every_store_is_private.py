"""Each room's SQL is its own, and what decides is pure: whoever adds such a file finds it in a contract."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src/outrider"


def contracts() -> configparser.ConfigParser:
    read = configparser.ConfigParser()
    read.read(ROOT / ".importlinter", encoding="utf-8")
    return read


def test_each_store_and_table_file_is_protected_by_a_contract() -> None:
    protected = {
        module
        for section in contracts().values()
        for module in section.get("protected_modules", "").split()
    }
    found = {
        "outrider." + ".".join(file.relative_to(SOURCE).with_suffix("").parts)
        for pattern in ("tables.py", "store.py", "store_*.py")
        for file in SOURCE.rglob(pattern)
        # The kernel's tables are read by the kernel alone; it has no room above it to keep out.
        if file.relative_to(SOURCE).parts[0] != "kernel"
    }
    assert found - protected == set()
    assert protected - found == set()


def test_each_file_of_types_states_and_rules_is_in_the_contract_that_keeps_it_pure() -> None:
    pure = contracts()["importlinter:contract:pure"]["source_modules"].split()
    # As the linter reads it: a star is one name between two dots.
    named = re.compile("|".join(re.escape(one).replace(r"\*", r"[^.]+") for one in pure))
    found = {
        "outrider." + ".".join(file.relative_to(SOURCE).with_suffix("").parts)
        for file in SOURCE.rglob("*.py")
        if re.search(r"(^|_)(types|states|rules)$", file.stem)
        # A view's types are of a screen, and hold what its query gives.
        if file.relative_to(SOURCE).parts[0] not in ("app", "kernel")
    }
    assert {module for module in found if not named.fullmatch(module)} == set()


def test_no_agent_reaches_what_acts() -> None:
    contract = contracts()["importlinter:contract:agents-cannot-act"]
    sources, forbidden = (contract[key].split() for key in ("source_modules", "forbidden_modules"))
    assert "outrider.agents.run" in sources
    assert {"outrider.sending.send", "outrider.drafts.decide"} <= set(forbidden)
    rest = {
        f"outrider.agents.{file.stem}"
        for file in (SOURCE / "agents").glob("*.py")
        if file.stem in ("settle",)
    }
    assert rest <= set(forbidden)
