"""Lists of ids are written as one text for speed; Postgres must find the same ids of the same type."""

from __future__ import annotations

from uuid import UUID

from outrider.kernel.database.tx import Tx


async def _found(tx: Tx, ids: list[UUID | None]) -> list[UUID | None]:
    rows = await tx.rows("select unnest(cast(:ids as uuid[])) as id", {"ids": ids})
    return [row["id"] for row in rows]


async def test_every_id_arrives_in_its_order(tx: Tx) -> None:
    ids: list[UUID | None] = [tx.new_id() for _ in range(50)]
    ids += [UUID(int=0), UUID(int=1), UUID(int=(1 << 128) - 1)]
    assert await _found(tx, ids) == ids


async def test_an_empty_list_and_one_with_gaps_arrive_as_well(tx: Tx) -> None:
    one = tx.new_id()
    assert await _found(tx, []) == []
    assert await _found(tx, [one, None, one]) == [one, None, one]


async def test_postgres_is_told_that_they_are_ids(tx: Tx) -> None:
    row = await tx.row("select pg_typeof(:ids)::text as type", {"ids": [tx.new_id()]})
    assert row is not None
    assert row["type"] == "uuid[]"


async def test_other_lists_are_left_alone(tx: Tx) -> None:
    values = {"words": ["a", 'b"{}'], "mixed": [str(tx.new_id()), "x"], "numbers": [1, 2]}
    row = await tx.row(
        "select cast(:words as text[]) as words, cast(:mixed as text[]) as mixed,"
        " cast(:numbers as int[]) as numbers",
        values,
    )
    assert row == values
