"""Passwords, providers' keys and DKIM keys on their way into the keys folder.

In: a path, `-` for stdin, or a name in the folder. Out: a file there, for its owner alone, and its name.
Never: a secret printed, logged or stored in the database as it is; a DKIM key written over another.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from outrider.app.cli.mailbox_options import NONE
from outrider.app.jobs import dkim_keys, mailbox_secret
from outrider.app.wiring import Outrider
from outrider.kernel.errors import InvalidInput
from outrider.sending import dkim
from outrider.sending.mailboxes import PROVIDER_OPTIONS
from outrider.sending.types import Mailbox, MailboxForm

LONGEST = 64 * 1024
"""Bytes of a key file."""


@dataclass
class Files:
    """What goes into the keys folder when the mailbox is saved: bytes by name."""

    folder: Path
    handed: Callable[[str], bytes]
    """What is stored or in the folder, by name."""
    wanted: dict[str, bytes] = field(default_factory=dict)

    @contextmanager
    def written(self) -> Iterator[None]:
        """Write them; what was there is put back when the rest fails."""
        before: dict[Path, bytes | None] = {}
        try:
            for name, data in self.wanted.items():
                file = self.folder / name
                before[file] = file.read_bytes() if file.exists() else None
                _write(file, data)
            yield
        except BaseException:
            for file, old in before.items():
                if old is None:
                    file.unlink(missing_ok=True)
                else:
                    _write(file, old)
            raise


def files_of(
    outrider: Outrider, form: MailboxForm, said: Mapping[str, Any]
) -> tuple[MailboxForm, Files]:
    """The form with the names of its files, and the files that are to be written.

    Raises:
        InvalidInput: a file is missing, empty, too long, or no key that can sign.
    """
    files = Files(outrider.keys.folder, outrider.handed)
    changes: dict[str, Any] = {}
    if said["secret_file"] is not None:
        to = "secret_file" if form.transport in PROVIDER_OPTIONS else "smtp_password_file"
        name, data = _brought(files, "--secret-file", said["secret_file"])
        changes[to] = name or mailbox_secret.name_for(form.address)
        if name is None:
            files.wanted[changes[to]] = data
    domain = form.address.rpartition("@")[2].lower()
    for prefix, option in (("dkim", "dkim_key"), ("dkim_ed25519", "dkim_ed25519_key")):
        if said[option] in (None, NONE):
            continue
        selector = getattr(form, f"{prefix}_selector")
        name, data = _brought(files, f"--{option.replace('_', '-')}", said[option])
        dkim.load(data, domain, selector or "o1")
        if name is None:
            name = dkim_keys.name_of(domain, selector)
            _is_free(files.folder / name, data, selector)
            files.wanted[name] = data
        changes[f"{prefix}_key_file"] = name
    return form.model_copy(update=changes), files


def check(outrider: Outrider, mailbox: Mailbox) -> None:
    """Bind everything that the mailbox names, so that a wrong key is told now and not at the first mail.

    Raises:
        InvalidInput, InvalidSetting: a key or a secret cannot be used.
    """
    outrider.dkim(mailbox)
    outrider.transport(mailbox)


def _brought(files: Files, option: str, said: str) -> tuple[str | None, bytes]:
    """The name that it has in the keys folder already, if so; and the bytes."""
    kept: bytes | None = None
    if "/" not in said and said != "-":
        with suppress(OSError):
            kept = files.handed(said)
    try:
        data = _stdin(option) if said == "-" else _read(Path(said)) if kept is None else kept
    except OSError as error:
        raise InvalidInput(
            f"{option} {said} cannot be read: {error.strerror}. Give a file, the name of one in "
            f"{files.folder}, or - for stdin."
        ) from None
    if not data.strip():
        raise InvalidInput(f"{option} {said} is empty.")
    if len(data) > LONGEST:
        raise InvalidInput(f"{option} {said} has over {LONGEST // 1024} kB: that is no key.")
    return (None if kept is None else said), data


def _read(path: Path) -> bytes:
    with path.expanduser().open("rb") as file:
        return file.read(LONGEST + 1)


def _stdin(option: str) -> bytes:
    if sys.stdin.isatty():
        typed: str = typer.prompt(f"{option} (not shown)", hide_input=True, err=True)
        return typed.encode()
    return sys.stdin.buffer.read(LONGEST + 1)


def _is_free(file: Path, data: bytes, selector: str | None) -> None:
    if file.exists() and file.read_bytes() != data:
        raise InvalidInput(
            f"The keys folder has another key for the selector {selector!r}: give the new key a "
            "selector of its own, for mails on their way are checked with the old one."
        )


def _write(file: Path, data: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)
