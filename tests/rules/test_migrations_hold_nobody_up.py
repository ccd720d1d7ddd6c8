"""A migration that would lock a large table for long, or break the program before it, is refused."""

from __future__ import annotations

import pytest

from outrider.kernel.database.migration_rules import risks
from outrider.kernel.database.revisions import Phase, package_folder, revisions


@pytest.mark.parametrize(
    ("statement", "because"),
    [
        ("create index ix on outrider.drafts (status)", "CONCURRENTLY"),
        ("create unique index if not exists ix on drafts (status)", "CONCURRENTLY"),
        ("alter table outrider.drafts alter column subject type varchar(10)", "another type"),
        ("alter table drafts alter subject set data type text", "another type"),
        ("alter table only outrider.drafts alter column score set not null", "SET NOT NULL"),
        ("alter table drafts add column u uuid default gen_random_uuid()", "volatile default"),
        ("alter table drafts add n bigserial", "volatile default"),
        ("alter table drafts add column t timestamptz default clock_timestamp()", "volatile"),
        ("alter table drafts add column s text generated always as (a || b) stored", "volatile"),
        ("alter table drafts add column n int not null", "as soon as there is a row"),
        ("alter table drafts add column a int references outrider.people (id)", "foreign key"),
        ("alter table drafts add constraint c check (n > 0)", "NOT VALID"),
        ("alter table drafts add constraint f foreign key (a) references people (id)", "NOT VALID"),
        ("alter table drafts add constraint u unique (a)", "USING INDEX"),
        ("alter table drafts add primary key (a, b)", "USING INDEX"),
        ("alter table drafts add column a int, alter column b type bigint", "another type"),
        ("vacuum full outrider.drafts", "VACUUM"),
        ("cluster drafts using ix", "CLUSTER"),
        ("truncate outrider.touches", "TRUNCATE"),
        ("lock table outrider.drafts", "LOCK"),
        ("update outrider.drafts set n = 1", "go in batches"),
        ("delete from drafts", "go in batches"),
        ("alter table drafts drop column n", 'phase = "post"'),
        ("alter table drafts rename column n to m", 'phase = "post"'),
        ("drop table outrider.touches", 'phase = "post"'),
    ],
)
def test_what_would_hold_up_work_is_refused_with_the_way_out(statement: str, because: str) -> None:
    (risk,) = risks(f"{statement};\n", Phase.PRE)
    assert because in str(risk)


@pytest.mark.parametrize(
    "script",
    [
        "alter table outrider.drafts add column n int;\n",
        "alter table drafts add column n int not null default 0;\n",
        "alter table drafts add column at timestamptz default now();\n",
        "alter table drafts alter column n drop not null;\n",
        "alter table drafts drop constraint c;\n",
        "alter table drafts alter column n set default 3;\n",
        "alter table drafts add constraint c check (n is not null) not valid;\n"
        "alter table drafts validate constraint c;\nalter table drafts alter column n set not null;\n",
        "alter table drafts add constraint u unique using index ix;\n",
        "update drafts set n = 1 where id in (select id from drafts limit 1000);\n",
        "create table outrider.fresh (id uuid primary key, n int not null);\n"
        "create index ix on outrider.fresh (n);\nalter table outrider.fresh add constraint c check (n > 0);\n",
        "alter table outrider.workspaces alter column name type varchar;\n",
        "comment on column drafts.n is 'lock table drafts; create index';\n",
        "-- create index ix on drafts (n);\nselect 1;\n",
        "-- accepted: the table has a row a day\ncreate index ix on outrider.drafts (n);\n",
    ],
)
def test_what_takes_no_time_is_let_through(script: str) -> None:
    assert risks(script, Phase.PRE) == []


def test_what_drops_may_run_once_the_old_program_is_gone() -> None:
    assert risks("alter table drafts drop column n;\ndrop table touches;\n", Phase.POST) == []


def test_a_concurrent_index_needs_a_revision_without_a_transaction() -> None:
    script = "create index concurrently if not exists ix on outrider.drafts (n);\n"
    assert risks(script, Phase.PRE, in_transaction=False) == []
    assert "in_transaction = False" in str(risks(script, Phase.PRE)[0])


def test_outside_a_transaction_a_statement_must_bear_to_run_twice() -> None:
    script = "create index concurrently ix on outrider.drafts (n);\n"
    assert "run again" in str(risks(script, Phase.PRE, in_transaction=False)[0])


def test_this_programs_own_migrations_are_clean() -> None:
    for one in revisions(package_folder())[1:]:
        script = one.sql.read_text(encoding="utf-8")
        assert risks(script, one.phase, in_transaction=one.in_transaction) == [], one.number
