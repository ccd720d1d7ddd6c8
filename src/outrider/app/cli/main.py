"""The command line: `outrider`. Each command opens Outrider, calls verbs, prints, closes.

In: arguments. Out: results on stdout, the rest on stderr, an exit code.
Never: a traceback for something the user can mend; `OUTRIDER_DEBUG=1` shows it.
"""

from __future__ import annotations

import errno
import sys
import traceback
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from outrider import __version__
from outrider.app.cli.commands import Commands
from outrider.app.cli.output import notes, point
from outrider.kernel.errors import OutriderError, Unavailable
from outrider.kernel.leaving import leave

INTERRUPTED = 130
"""The exit code of a command that Ctrl-C ended (128 + SIGINT, as shells have it)."""

app = typer.Typer(
    name="outrider",
    cls=Commands,
    help="Outrider proposes mails, a person decides, one executor sends, and everything can be traced.",
    epilog="New here? `outrider demo` shows the whole job. Help on one command: outrider COMMAND --help",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(show: bool) -> None:
    if show:
        sys.stdout.write(f"outrider {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """Outrider proposes mails, a person decides, one executor sends, everything can be traced."""


def main() -> NoReturn:
    """The program's entry: does what is asked, and leaves with its exit code."""
    try:
        _run()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):
            leave(0)  # a reader that has seen enough: `outrider drafts | head`
        leave(ended.code if isinstance(ended.code, int) else int(ended.code is not None))
    leave(0)


def _run() -> None:
    """Do what is asked, and turn every expected error into one plain sentence.

    Raises:
        SystemExit: with the exit code, unless it is 0.
    """
    try:
        # An exit code, also that of Ctrl-C, comes back as a value and not as an exception.
        code = app(standalone_mode=False)
    except typer.Abort:
        raise SystemExit(INTERRUPTED) from None
    except OutriderError as error:
        full = _noted(_full_disk(error))
        _fail(full or error.message, Unavailable.exit_code if full else error.exit_code)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:  # noqa: BLE001  the last door: nothing may show a traceback by surprise
        if isinstance(error, TyperException):
            _usage(error)
        full = _noted(_full_disk(error))
        _fail(full or _plain(error), Unavailable.exit_code if full else 1)
    if code == INTERRUPTED:
        _fail("Stopped: what was committed is kept; run the command again to go on.", code)
    if code:
        raise SystemExit(code)


def _usage(error: TyperException) -> None:
    """A mistake in the words of the command: say which, and where the help is."""
    say = getattr(error, "format_message", lambda: str(error))
    if type(error).__name__ == "NoArgsIsHelpError":
        notes.print(str(say()), markup=False)
        raise SystemExit(2)
    given: list[dict[str, object]] = getattr(error.__cause__, "errors", list)()
    value = f" (given: {given[0].get('input')!r})" if given else ""
    context = getattr(error, "ctx", None)
    where = f"{context.command_path} --help" if context else "outrider --help"
    _fail(f"{str(say()).rstrip('.')}{value}. See {where}.", int(getattr(error, "exit_code", 2)))


def _full_disk(error: Exception) -> str | None:
    """One sentence when a full disk is behind it, whichever room met it; else None."""
    for cause in _chain(error):
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
            where = f" ({cause.filename} could not be written)" if cause.filename else ""
            return f"The disk is full{where}: free some space and run the command again."
        if isinstance(cause, OutriderError):
            continue
        words = str(cause)
        if "No space left on device" in words or "could not extend file" in words:
            return "The disk is full: free some space and run the command again."
    return None


def _noted(full: str | None) -> str | None:
    """Tell the log, if there is one already; it may lie on another disk than the full one."""
    import structlog

    from outrider.kernel.telemetry import get_logger

    if full and structlog.is_configured():
        get_logger("cli").error("disk_full", reason=full)
    return full


def _plain(error: Exception) -> str:
    """One sentence for what no room foresaw."""
    for cause in _chain(error):
        if isinstance(cause, PermissionError):
            return f"No right to use {cause.filename or 'a file'}: check its owner and its rights."
    return f"Something unforeseen happened ({type(error).__name__}: {error}). Set OUTRIDER_DEBUG=1 to see where."


def _chain(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and error not in found:
        found.append(error)
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
    return found


def _fail(sentence: str, code: int) -> None:
    from outrider.kernel.settings import debug

    if debug():
        traceback.print_exc()
    # A library's words inside the sentence may have lines of their own.
    point(f"outrider: {' '.join(sentence.split())}", style="red")
    raise SystemExit(code)
