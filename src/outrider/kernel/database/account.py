"""As whom Postgres runs, and the places that this account can reach.

Postgres refuses to run as root. A normal user runs it as himself; for root it runs as a system
account of its own, `outrider-db`, which owns the data and the socket and nothing else.

In: the layout of a home. Out: an account and folders it can use. Never: changes the rights of a
folder that is not Outrider's own.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from outrider.kernel.database.layout import (
    Layout,
    fits_a_socket,
    read_record,
    write_record,
)
from outrider.kernel.errors import DatabaseUnavailable

NAME = "outrider-db"
SYSTEM_FOLDER = Path("/var/lib/outrider")

_WAYS_TO_MAKE_IT = (
    ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
     "--shell", "/usr/sbin/nologin", "--comment", "Outrider's database", NAME],
    ["adduser", "-S", "-D", "-H", "-h", "/nonexistent", "-s", "/sbin/nologin", NAME],
)  # fmt: skip


@dataclass(frozen=True)
class Account:
    """An operating system account; `switch` says whether we must change to it."""

    uid: int
    gid: int
    switch: bool

    def owns(self, path: Path) -> None:
        """Give `path` to the account; a link is not followed."""
        if self.switch:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def can(self, path: Path, bits: int) -> bool:
        """Whether the mode of `path` grants it `bits` (4 read, 2 write, 1 enter or run)."""
        found = path.stat()
        if found.st_uid == self.uid:
            return (found.st_mode >> 6) & bits == bits
        if found.st_gid == self.gid:
            return (found.st_mode >> 3) & bits == bits
        return found.st_mode & bits == bits

    def reaches(self, folder: Path) -> bool:
        """Whether it may enter `folder` and everything above it."""
        return not self.switch or all(self.can(step, 1) for step in (folder, *folder.parents))


def account() -> Account:
    """The account that runs Postgres; made when root has none yet.

    Raises:
        DatabaseUnavailable: we are root, and the account can neither be found nor made.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    found = _look_up() or _make()
    if found is None:
        raise DatabaseUnavailable(
            f"Postgres may not run as root and the account {NAME} could not be made: create that "
            "account, run Outrider as a normal user, or set DATABASE_URL."
        )
    return found


def _look_up() -> Account | None:
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        return None
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _make() -> Account | None:
    for command in _WAYS_TO_MAKE_IT:
        with suppress(FileNotFoundError, subprocess.TimeoutExpired):
            # Its exit code does not matter: another home may be making the same account now.
            subprocess.run(command, stdin=subprocess.DEVNULL, check=False, timeout=30)
        if found := _look_up():
            return found
    return None


def ground(layout: Layout, owner: Account) -> Path:
    """The folder for `data` and `socket`: in the home, or a system folder it cannot reach that.

    The choice is written down once, so that a later change of rights does not hide the data.

    Raises:
        DatabaseUnavailable: the recorded place is gone.
        OSError: no place can be made.
    """
    if layout.whereabouts.exists() or (layout.folder / "data").exists() or not owner.switch:
        return layout.ground
    layout.folder.chmod(0o711)
    if _is_ours_alone(layout.home, owner):
        layout.home.chmod(0o711)
    if owner.reaches(layout.folder):
        return layout.folder
    # A random part, because a home that was deleted and made again must start empty.
    place = _system_folder() / f"{_mark(layout.home)}-{secrets.token_hex(4)}"
    place.mkdir()
    place.chmod(0o711)
    (place / "home").write_text(f"{layout.home}\n", "utf-8")
    write_record(layout.whereabouts, {"folder": str(place)})
    return place


def _is_ours_alone(home: Path, owner: Account) -> bool:
    """Whether only `home` bars the way, and it is not some person's home directory."""
    return (
        home.stat().st_uid == os.geteuid()
        and owner.reaches(home.parent)
        and home not in {Path(entry.pw_dir) for entry in pwd.getpwall()}
    )


def _system_folder() -> Path:
    # Modes are set afterwards, for a strict umask would close the way to the data.
    if not SYSTEM_FOLDER.is_dir():
        SYSTEM_FOLDER.mkdir(parents=True, exist_ok=True)
        SYSTEM_FOLDER.chmod(0o711)
    return SYSTEM_FOLDER


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def take_over(folder: Path, owner: Account) -> None:
    """Give a whole tree to the account: its number may differ after a machine is rebuilt."""
    if not owner.switch or folder.stat().st_uid == owner.uid:
        return
    for at, folders, files in os.walk(folder):
        for name in (*folders, *files):
            owner.owns(Path(at, name))
    owner.owns(folder)


def socket_folder(layout: Layout, place: Path, owner: Account) -> Path:
    """An empty folder for the socket that only the account may enter.

    It is beside the data when that path suits a socket; else a short one for temporary files.

    Raises:
        OSError: it cannot be made.
    """
    recorded = read_record(layout.socket_record).get("folder")
    if fits_a_socket(place / "socket"):
        chosen = place / "socket"
        chosen.mkdir(mode=0o700, exist_ok=True)
        owner.owns(chosen)
    elif isinstance(recorded, str) and _is_private(Path(recorded), owner):
        chosen = Path(recorded)
    else:
        chosen = _short_folder(owner)
        write_record(layout.socket_record, {"folder": str(chosen)})
    # Only one supervisor lives at a time, so whatever lies here was left by a dead server.
    for left in chosen.iterdir():
        left.unlink()
    return chosen


def _is_private(folder: Path, owner: Account) -> bool:
    try:
        found = folder.lstat()
    except FileNotFoundError:
        return False
    mode = (stat.S_ISDIR(found.st_mode), stat.S_IMODE(found.st_mode), found.st_uid)
    return mode == (True, 0o700, owner.uid)


def _short_folder(owner: Account) -> Path:
    for parent in (Path(tempfile.gettempdir()), Path("/tmp")):
        if fits_a_socket(parent / "outrider-xxxxxxxx") and owner.reaches(parent):
            made = Path(tempfile.mkdtemp(prefix="outrider-", dir=parent))
            owner.owns(made)
            return made
    raise DatabaseUnavailable(
        f"The folder for temporary files {tempfile.gettempdir()} cannot hold a socket: set TMPDIR "
        "to a short path that every account can enter, or set DATABASE_URL."
    )


def reachable_programs(programs: Path, owner: Account) -> Path:
    """The Postgres at `programs`, or a copy of it where the account can run it.

    Raises:
        OSError: it cannot be copied.
    """
    needed = (programs / "bin" / "postgres", programs / "share" / "postgresql" / "postgres.bki")
    if not owner.switch or all(owner.reaches(at.parent) and owner.can(at, 4) for at in needed):
        return programs
    built = (programs / "bin" / "postgres").stat()
    name = f"postgres-{_mark(programs / f'{built.st_size}-{built.st_mtime_ns}')}"
    target = _system_folder() / name
    if not target.is_dir():
        fresh = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=_system_folder()))
        _copy_programs(programs, fresh)
        with suppress(OSError):  # another home copied the same programs first
            fresh.rename(target)
        shutil.rmtree(fresh, ignore_errors=True)
    return target / programs.parent.name / programs.name


def _copy_programs(programs: Path, into: Path) -> None:
    # The programs find their libraries at ../../../<package>.libs, so the shape is kept.
    package = programs.parent
    unused = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "include")
    copied = into / package.name / programs.name
    for part in ("bin", "lib", "share"):
        shutil.copytree(programs / part, copied / part, ignore=unused, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, into / libraries.name)
    for at, _, files in os.walk(into):
        Path(at).chmod(0o755)
        for copy in (Path(at, name) for name in files):
            if not copy.is_symlink():
                copy.chmod(0o755 if copy.stat().st_mode & 0o100 else 0o644)
