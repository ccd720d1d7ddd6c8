"""This machine as the doctor sees it: folders, keys, disk, logs, the object store's door.

In: settings. Out: findings. Never: a change, but for probe files that it removes at once.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import obstore

from outrider.app.jobs.care import keyfile
from outrider.app.jobs.care.findings import Finding, broken, look, ok
from outrider.app.jobs.care.restore import MARK
from outrider.kernel.database.layout import Layout, read_record
from outrider.kernel.errors import DatabaseUnavailable, InvalidSetting
from outrider.kernel.halt_file import halted_by_file
from outrider.kernel.ids import random_token
from outrider.kernel.objects import open_store, why
from outrider.kernel.settings import Settings

LEAST_FREE = 200_000_000
LITTLE_FREE = 1_000_000_000


def look_at_machine(settings: Settings) -> list[Finding]:
    """Everything that can be seen without a database."""
    home = settings.home
    if not home.is_dir():
        way_out = "Start once with `outrider up`, or set OUTRIDER_HOME to your data."
        return [look("home", f"there is no folder {home} yet", way_out)]
    return [
        _home(home),
        *_restore(home),
        _keys(home / "keys"),
        _disk(settings),
        _logs(home / "logs"),
        _store(settings),
        *_halt(home),
    ]


def _halt(home: Path) -> list[Finding]:
    """The file that halts this machine; told even when the database does not answer."""
    told = halted_by_file(home)
    way_out = "`outrider kill off machine` takes it away when its reason is gone."
    return [look("switches", told, way_out)] if told else []


def _home(home: Path) -> Finding:
    found = home.stat()
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid != os.geteuid():
        return broken(
            "home",
            f"{home} belongs to user number {found.st_uid}, and this is number {os.geteuid()}",
            "Run Outrider as its owner.",
        )
    if mode & 0o022:
        return broken(
            "home", f"others may write to {home} ({mode:04o})", f"Run `chmod 700 {home}`."
        )
    if not _takes_a_file(home):
        return broken("home", f"{home} cannot be written", "Mend its rights, or free some space.")
    if mode & 0o044:
        return look("home", f"others may list {home} ({mode:04o})", f"Run `chmod 711 {home}`.")
    told = home / "settings.toml"
    if mode & 0o011 and told.is_file() and stat.S_IMODE(told.stat().st_mode) & 0o044:
        return look("home", f"others may read {told}, passwords too", f"Run `chmod 600 {told}`.")
    return ok("home", f"{home} is ours alone ({mode:04o})")


def _restore(home: Path) -> list[Finding]:
    begun = read_record(home / MARK).get("backup")
    if begun is None:
        return []
    return [
        broken(
            "restore",
            f"a restore of backup {begun} was not finished",
            "Run the same `outrider restore` again; it goes on where it stopped.",
        )
    ]


def _keys(folder: Path) -> Finding:
    if not folder.is_dir():
        return ok("keys", "none yet; they are made on first use")
    files = sorted(file for file in folder.iterdir() if file.is_file())
    open_ = [f.name for f in files if stat.S_IMODE(f.stat().st_mode) & 0o077]
    if open_:
        names = ", ".join(open_)
        return broken(
            "keys",
            f"others may read {names} in {folder}",
            f"Run `chmod 600 {folder}/*`, and take the keys for known to others.",
        )
    wrong = [f.name for f in files if f.suffix == ".key" and f.stat().st_size != keyfile.KEY_BYTES]
    if wrong:
        return broken(
            "keys",
            f"{', '.join(wrong)} in {folder} is no key of {keyfile.KEY_BYTES} bytes",
            "Bring it back from the file that `outrider backup --keys` wrote.",
        )
    return ok("keys", f"all {len(keyfile.names(folder))} are readable by their owner alone")


def _disk(settings: Settings) -> Finding:
    places = {settings.home}
    if not settings.database_url:
        try:
            places.add(Layout(settings.home).ground)
        except DatabaseUnavailable as error:
            return broken("disk", "the folder of the database is gone", error.message)
    free, place = min((shutil.disk_usage(p).free, p) for p in places if p.is_dir())
    left = f"{free / 1e9:.1f} GB free at {place}"
    if free < LEAST_FREE:
        return broken("disk", left, "Free some space now: a full disk stops every change.")
    if free < LITTLE_FREE:
        return look("disk", left, "Free some space, or move the data to a larger disk.")
    return ok("disk", left)


def _logs(folder: Path) -> Finding:
    if not folder.exists():
        return ok("logs", f"{folder} is made on first use")
    if not folder.is_dir() or not _takes_a_file(folder):
        return broken("logs", f"{folder} cannot be written", "Mend its rights.")
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return ok("logs", f"{folder} holds {size / 1e6:.1f} MB")


def _store(settings: Settings) -> Finding:
    url = settings.objects_url
    if url == "memory:":
        way_out = "Set OUTRIDER_OBJECT_STORE to a folder or a bucket."
        return look("object store", "objects are kept in memory and lost at the end", way_out)
    if "://" in url:
        return _bucket(url)
    folder = Path(url)
    if not folder.exists():
        return ok("object store", f"{folder} is made on first use")
    if not folder.is_dir() or not _takes_a_file(folder):
        return broken("object store", f"{folder} cannot be written", "Mend its rights.")
    if _is_open(folder) and (settings.home not in folder.parents or _is_open(settings.home)):
        way_out = f"Run `chmod o= {folder}`."
        return look("object store", f"others may read what is in {folder}", way_out)
    return ok("object store", f"{folder} takes files")


def _is_open(folder: Path) -> bool:
    """Whether accounts beyond owner and group can go in."""
    return bool(stat.S_IMODE(folder.stat().st_mode) & stat.S_IXOTH)


def _bucket(url: str) -> Finding:
    # Nothing that is stored begins like this: objects lie under two hex digits.
    probe = f"probe/{random_token()[:16]}"
    try:
        store = open_store(url)
        obstore.put(store, probe, b"outrider doctor")
        obstore.delete(store, probe)
    except InvalidSetting as error:
        return broken("object store", f"{url} cannot be used", error.message)
    except Exception as error:  # noqa: BLE001  a bucket fails in as many ways as there are vendors
        told = why(error) or "no reason given"
        way_out = "Check its address, its rights and its credentials."
        return broken("object store", f"{url} does not take a file ({told})", way_out)
    return ok("object store", f"{url} takes files")


def _takes_a_file(folder: Path) -> bool:
    probe = folder / f".probe-{random_token()[:16]}"
    try:
        probe.touch(mode=0o600)
        probe.unlink()
    except OSError:
        return False
    return True
