"""What a trace tells of a statement: its words with every value taken out.

In: SQL as it goes to the driver. Out: its shape, and a span while a trace is open. Never: a value, also
not one that stands in the SQL itself; a span when nobody gets traces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine

from outrider.kernel import tracing
from outrider.kernel.tracing import Statement

LONGEST = 2_000
"""Characters of a statement that a trace shows."""
READ = 20_000
"""Characters that are looked at: a bulk statement has millions, all alike."""

# In this order: what looks like a comment or a number within a text is part of the text.
_WORDS = re.compile(
    r"""(?P<value> (?<!\w)[eE]'(?:[^'\\]|''|\\.)*(?:'|\Z)
                 | (?:(?<!\w)[bBxXnN])?'(?:[^']|'')*(?:'|\Z)
                 | \$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z)
                 | (?<![\w$%:.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?\b )
      | (?P<space> (?:\s | --[^\n]* | /\*.*?(?:\*/|\Z))+ )
      | (?P<name> "[^"]*"? )
      | (?P<mark> %%|%\((?:\w|-)+\)s|%s )""",
    re.VERBOSE | re.DOTALL,
)
_MANY = re.compile(r"\(\s*\?(?:\s*,\s*\?)*\s*\)(?:\s*,\s*\(\s*\?(?:\s*,\s*\?)*\s*\))*")
_FIRST = re.compile(r"\w+")
_TABLE = re.compile(r"\boutrider\.(\w+)\b(?!\()")
_OPERATIONS = frozenset(
    "SELECT INSERT UPDATE DELETE WITH MERGE SET LOCK CALL COPY CREATE ALTER DROP BEGIN COMMIT"
    " ROLLBACK SAVEPOINT RELEASE NOTIFY LISTEN TRUNCATE EXPLAIN".split()
)


def _plainly(found: re.Match[str]) -> str:
    if found["value"] is not None:
        return "?"
    if found["name"] is not None:
        return found["name"]
    if found["mark"] is not None:
        return "%" if found["mark"] == "%%" else "?"
    return " "


def shape(sql: str) -> Statement:
    """The statement without values: texts, numbers and marks for parameters become `?`, lists one `(?)`."""
    return _shape(sql[:READ])


@lru_cache(maxsize=1024)
def _shape(sql: str) -> Statement:
    text = _MANY.sub("(?)", _WORDS.sub(_plainly, sql)).strip()[:LONGEST]
    first = _FIRST.search(text)
    operation = first[0].upper() if first else ""
    operation = operation if operation in _OPERATIONS else "OTHER"
    table = _TABLE.search(text)
    return Statement(operation, table[1] if table else "", text)


def traced(sql: str) -> AbstractContextManager[None]:
    """A span around one statement, when a trace is open here; without traces nothing at all."""
    return _traced(sql) if tracing.is_on() else _NOTHING


_NOTHING = nullcontext()


@contextmanager
def _traced(sql: str) -> Iterator[None]:
    span = tracing.statement(shape(sql))
    try:
        yield
    except BaseException as error:
        span.failed(_kind(error))
        raise
    finally:
        span.end()


def listen(engine: AsyncEngine) -> None:
    """Trace what SQLAlchemy asks on this pool; call it only where traces are wanted."""
    event.listen(engine.sync_engine, "before_cursor_execute", _before)
    event.listen(engine.sync_engine, "after_cursor_execute", _after)
    event.listen(engine.sync_engine, "handle_error", _failed)


def _before(_conn: Any, _cursor: Any, sql: str, _values: Any, context: Any, _many: Any) -> None:
    if tracing.is_on():
        context.outrider_span = tracing.statement(shape(sql))


def _after(_conn: Any, _cursor: Any, _sql: str, _values: Any, context: Any, _many: Any) -> None:
    span = getattr(context, "outrider_span", None)
    if span is not None:
        span.end()


def _failed(context: ExceptionContext) -> None:
    span = getattr(context.execution_context, "outrider_span", None)
    if span is not None:
        span.failed(_kind(context.original_exception))
        span.end()


def _kind(error: BaseException) -> str:
    """The server's code of the error (SQLSTATE), else its class."""
    return getattr(error, "sqlstate", None) or type(error).__name__
