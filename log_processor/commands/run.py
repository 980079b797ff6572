"""`log-processor run`: the daemon."""

from __future__ import annotations

import argparse
import logging
import logging.handlers
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

from log_processor.commands.common import config_of
from log_processor.daemon import Daemon
from log_processor.errors import ConfigError, LogProcessorError
from log_processor.exits import Exit
from log_processor.pidfile import Pidfile
from log_processor.visible import visible
from log_processor.worker import GearmanWorker

_LOG = logging.getLogger(__name__)
_FORMAT = "%(asctime)s %(levelname)s %(message)s"
_SYSLOG = "/dev/log"


def run(args: argparse.Namespace) -> Exit:
    """Run the daemon until it is told to leave."""
    for name in ("config", "debuglog", "pidfile"):  # a daemon's working directory may be another
        if getattr(args, name):
            setattr(args, name, getattr(args, name).absolute())
    worker = GearmanWorker(partial(config_of, args), embedded=args.embedded)
    pidfile = Pidfile(args.pidfile) if args.pidfile else nullcontext()
    _check_log(args.debuglog, foreground=args.foreground)
    if args.foreground:
        with pidfile:
            _log_to(args.debuglog, foreground=True)
            Daemon(worker).run()
        return Exit.DONE
    with pidfile:
        pass  # is it free? after detaching nobody would hear that it is not
    with _detached(pidfile):
        _log_to(args.debuglog, foreground=False)
        try:
            Daemon(worker).run()
        except Exception as error:
            _LOG.critical("leaving: %s", error, exc_info=not isinstance(error, LogProcessorError))
            raise
    return Exit.DONE


def _check_log(path: Path | None, *, foreground: bool) -> None:
    """Raise ConfigError where nothing could be logged; a detached process could not even say so."""
    if path:
        try:
            path.open("a").close()
        except OSError as error:
            raise ConfigError(
                f"{path}: the log cannot be written: {error.strerror}; name another file with --debuglog"
            ) from error
    elif not foreground and not Path(_SYSLOG).exists():
        raise ConfigError(
            f"there is no syslog at {_SYSLOG}: name a file to log to with --debuglog, or stay with --foreground"
        )


class _Formatter(logging.Formatter):
    """One line a message, whatever names a job brings; a traceback follows as it is."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name that logging calls
        """Return the line."""
        return visible(super().formatMessage(record))


def _log_to(path: Path | None, *, foreground: bool) -> None:
    handler: logging.Handler
    if path:
        handler = logging.handlers.WatchedFileHandler(path)
    elif foreground:
        handler = logging.StreamHandler(sys.stderr)
    else:
        handler = logging.handlers.SysLogHandler(_SYSLOG)
    handler.setFormatter(_Formatter(_FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    if path:
        logging.getLogger("log_processor").setLevel(logging.DEBUG)
    for noisy in ("elastic_transport", "urllib3", "gear"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def _detached(pidfile: AbstractContextManager[object]) -> AbstractContextManager[object]:
    import daemon  # noqa: PLC0415 - only a detached process needs it

    context: AbstractContextManager[object] = daemon.DaemonContext(
        pidfile=pidfile,
        working_directory=str(Path.cwd()),  # relative paths of the configuration go on to mean the same
        umask=0o027,
    )
    return context
