"""Logs: one JSON object a line, with the correlation id, without personal data or secrets.

In: a level, and a folder if they are kept. Out: loggers that write to stderr. Never: an e-mail
address, a password or a token in a line; stdout, which belongs to results.
"""

from __future__ import annotations

import fcntl
import logging
import logging.handlers
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor

from outrider.kernel.errors import InvalidSetting

_correlation: ContextVar[str] = ContextVar("outrider_correlation_id", default="")

_FILE_BYTES = 10_000_000
_FILES_KEPT = 5

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_LOGIN_IN_URL = re.compile(r"(?<=://)[^/\s@]+@")
_LONG_HEX = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}")
_KEY = re.compile(r"\b(?:sk|pk|xox[abp]|ghp|AKIA)[-_A-Za-z0-9]{12,}")
_SECRET_NAME = re.compile(
    r"(?i)(?:^|_)(password|passwd|secret|token|authorization|cookie|api_?key|signature)(?:$|_)"
)
_HASH_NAME = re.compile(r"(?i)(sha256|hash|digest|root|leaf)")

REDACTED = "[redacted]"


def correlation_id() -> str:
    """The id of the work in hand, or an empty string."""
    return _correlation.get()


@contextmanager
def correlated(id_: str) -> Iterator[None]:
    """Put `id_` on every log line of this block and of the tasks it starts."""
    token = _correlation.set(id_)
    try:
        yield
    finally:
        _correlation.reset(token)


def get_logger(part: str) -> FilteringBoundLogger:
    """A logger of one part of the program, e.g. `sending`."""
    logger: FilteringBoundLogger = structlog.get_logger(part=part)
    return logger


def redact(text: str) -> str:
    """The text without e-mail addresses, logins in addresses, keys and tokens.

    64 hex digits in a row are taken for a token: a hash is logged under a name that says so.
    """
    text = _LOGIN_IN_URL.sub(f"{REDACTED}@", text)
    text = _ADDRESS.sub("[address]", text)
    text = _BEARER.sub(lambda found: f"{found.group(1)} {REDACTED}", text)
    text = _KEY.sub(REDACTED, text)
    return _LONG_HEX.sub(REDACTED, text)


def configure(level: str = "INFO", folder: Path | None = None, *, to_stderr: bool = True) -> None:
    """Set logging up for this process: to stderr, and to `outrider.log` in `folder` when given.

    Args:
        level: DEBUG, INFO, WARNING or ERROR.
        folder: where log files rotate at 10 MB, five kept.
        to_stderr: False for a command, whose stderr belongs to its progress and its errors.

    Raises:
        InvalidSetting: the folder cannot be written.
    """
    handlers: list[logging.Handler] = [_file(folder)] if folder else []
    if to_stderr:
        handlers.append(logging.StreamHandler(sys.stderr))
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_correlation,
        structlog.processors.format_exc_info,
        _redact_event,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(default=str),
        ],
        foreign_pre_chain=shared,
    )
    root = _root_with(handlers or [logging.NullHandler()], formatter)
    root.setLevel(level)
    # At INFO these tell every statement and every request.
    for noisy in ("sqlalchemy", "procrastinate", "asyncio", "httpx2", "alembic.runtime.plugins"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(root.level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )


def _root_with(handlers: list[logging.Handler], formatter: logging.Formatter) -> logging.Logger:
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        handler.setFormatter(formatter)
        root.addHandler(handler)
    return root


class _LogFile(logging.handlers.RotatingFileHandler):
    """A line that the disk has no room for is lost in silence: stderr belongs to the sentence that says so."""

    def doRollover(self) -> None:
        """Put the full file away, one process at a time.

        Of several that find it full only the first does: the others let go of it and take the new one.
        Without this they would put nearly empty files away, or one over the other.
        """
        with _alone(Path(self.baseFilename).parent):
            if self.stream is not None and _is_put_away(self.stream, self.baseFilename):
                self.stream.close()
                self.stream = self._open()
            else:
                super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold this folder's lock, which ends with the process and needs no file of its own.

    Where a folder cannot be locked, as on some network disks, lines are worth more than old files.
    """
    with ExitStack() as held:
        with suppress(OSError):
            folder_file = os.open(folder, os.O_RDONLY)
            held.callback(os.close, folder_file)
            fcntl.flock(folder_file, fcntl.LOCK_EX)
        yield


def _is_put_away(stream: TextIO, name: str) -> bool:
    """Whether the open file is no longer the one of this name."""
    try:
        return not os.path.samestat(os.stat(name), os.fstat(stream.fileno()))
    except OSError:
        return False


def _file(folder: Path) -> logging.Handler:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _LogFile(
            folder / "outrider.log",
            maxBytes=_FILE_BYTES,
            backupCount=_FILES_KEPT,
            encoding="utf-8",
        )
    except OSError as error:
        raise InvalidSetting(
            f"The log folder {folder} cannot be written: {error.strerror}. "
            "Give another home with OUTRIDER_HOME."
        ) from error


def _add_correlation(_logger: Any, _method: str, event: EventDict) -> EventDict:
    if id_ := _correlation.get():
        event.setdefault("correlation_id", id_)
    return event


def _redact_event(_logger: Any, _method: str, event: EventDict) -> EventDict:
    return {name: _safe(str(name), value) for name, value in event.items()}


def _safe(name: str, value: Any) -> Any:
    if name.startswith("_"):
        return value
    if _SECRET_NAME.search(name):
        return REDACTED
    if isinstance(value, str):
        return value if _HASH_NAME.search(name) and _LONG_HEX.fullmatch(value) else redact(value)
    if isinstance(value, Mapping):
        return {str(key): _safe(str(key), item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(name, item) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return f"[{len(value)} bytes]"
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))
