"""The loop: take a job, do it, acknowledge it; hold it while a server is away; stop and reload on a signal."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from log_processor.errors import (
    ConfigError,
    FetchUnavailable,
    Outcome,
    SourceLost,
    StoreUnavailable,
    Unavailable,
)
from log_processor.exits import Exit
from log_processor.metrics import Metrics
from log_processor.pipeline import Pipeline
from log_processor.source import Delivery

_LOG = logging.getLogger(__name__)

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_JOIN_SECONDS = 0.2


@dataclass
class Loop:
    """Settles deliveries one after the other.

    Attributes:
        pipeline: does a job.
        metrics: counts what is held and lost.
        away_seconds: how long a job is held for its log server before it is dead-lettered; for the store it is
            held without end.
        stopping: set: leave after the job in hand, and at once from a hold.
        first_pause: seconds before a held job is tried again; doubled up to `longest_pause`.
        longest_pause: see above.
        monotonic: a clock in seconds.
    """

    pipeline: Pipeline
    metrics: Metrics
    away_seconds: float
    stopping: threading.Event
    first_pause: float = 0.5
    longest_pause: float = 30.0
    monotonic: Callable[[], float] = time.monotonic

    def run(self, deliveries: Iterable[Delivery]) -> bytes | None:
        """Do jobs until the source ends or the loop is stopped.

        Returns:
            The payload of the job that was held when the loop was stopped, and is not done; else None.
        """
        for delivery in deliveries:
            if not self._done(delivery.payload):
                return delivery.payload
            try:
                delivery.ack()
            except SourceLost as error:
                self.metrics.lost.inc()
                _LOG.warning("%s; the job is done, and doing it again changes nothing", error)
            if self.stopping.is_set():
                break
        return None

    def _done(self, payload: bytes) -> bool:
        """Do a job, holding it while a server is away; False: not done, because the loop was stopped."""
        pause = self.first_pause
        away_since: float | None = None  # the log server: neither its slowness nor the store's absence counts
        while True:
            try:
                self._try(payload, away_since)
            except Unavailable as error:
                self._hold(error)
                if not isinstance(error, FetchUnavailable):
                    away_since = None
                elif away_since is None:
                    away_since = self.monotonic()
            else:
                self.metrics.held.set(0)
                return True
            if self.stopping.wait(pause):
                self.metrics.held.set(0)
                return False
            pause = min(2 * pause, self.longest_pause)

    def _try(self, payload: bytes, away_since: float | None) -> None:
        try:
            self._process(payload, away_since)
        except (Unavailable, ConfigError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a bug of ours raises, the next job can be done
            _LOG.exception("a bug: this job is put into the dead letters, the daemon goes on")
            self._bury(payload, f"{type(error).__name__}: {error}")

    def _process(self, payload: bytes, away_since: float | None) -> None:
        try:
            self.pipeline.process(payload)
        except FetchUnavailable as error:
            away = 0.0 if away_since is None else self.monotonic() - away_since
            if away < self.away_seconds:
                raise
            self.pipeline.give_up(payload, Outcome.FETCH_FAILED, f"{error} (tried for {away:.0f} s)")

    def _bury(self, payload: bytes, reason: str) -> None:
        """Dead-letter a job that a bug cannot do; its file document is made too, if the bug allows."""
        try:
            self.pipeline.give_up(payload, Outcome.INTERNAL_ERROR, reason)
        except (Unavailable, ConfigError):
            raise
        except Exception:  # noqa: BLE001 - see above
            _LOG.exception("no file document for this job")
            with self.pipeline.dead_letters.letter(payload) as letter:
                letter.send(Outcome.INTERNAL_ERROR, reason)
            self.metrics.failed(Outcome.INTERNAL_ERROR.value)

    def _hold(self, error: Unavailable) -> None:
        server = {FetchUnavailable: "fetch", StoreUnavailable: "store"}.get(type(error), "dead_letters")
        self.metrics.holds.labels(server).inc()
        self.metrics.held.set(1)
        _LOG.warning("job held: %s", error)


class Worker(Protocol):
    """What the daemon runs; `work` is called in a thread of its own, the rest in the main thread."""

    def open(self) -> None:
        """Start what lasts as long as the daemon."""

    def work(self) -> None:
        """Take jobs until `stop` is called."""

    def stop(self) -> None:
        """Let `work` return after the job in hand."""

    def reload(self) -> None:
        """Read the configuration for the next call of `work`; a wrong one is logged, and the old one stays."""

    def close(self) -> None:
        """End what `open` started."""


class Daemon:
    """Runs a worker until a signal says to leave.

    SIGTERM and SIGINT finish the file in hand and leave; a second one leaves at once, with the job
    unacknowledged. SIGHUP reads the configuration again and takes it up after the job in hand.
    """

    def __init__(self, worker: Worker) -> None:
        """Make a daemon for a worker."""
        self._worker = worker
        self._leaving = False
        self._failure: BaseException | None = None

    def run(self) -> None:
        """Work until a signal says to leave.

        Raises:
            LogProcessorError: the work could not be begun, or cannot go on.
        """
        # Blocked before the first thread starts: a signal that reached another thread would kill the process.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            self._worker.open()
            thread = threading.Thread(target=self._work, name="worker", daemon=True)
            thread.start()
            while thread.is_alive():
                received = signal.sigtimedwait(_SIGNALS, _JOIN_SECONDS)
                if received:
                    self._handle(signal.Signals(received.si_signo))
        finally:
            self._worker.close()
            while signal.sigtimedwait(_SIGNALS, 0):
                pass  # came too late to change anything; unblocked they would kill the process
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        if self._failure:
            raise self._failure

    def _handle(self, received: signal.Signals) -> None:
        if received is signal.SIGHUP:
            _LOG.info("SIGHUP: reading the configuration again")
            self._worker.reload()
        elif self._leaving:
            _LOG.warning("%s again: leaving at once, the job in hand goes back", received.name)
            logging.shutdown()
            os._exit(Exit.INTERRUPTED)  # leaves everything as a crash does, which all of it survives
        else:
            _LOG.info("%s: leaving after the file in hand; a second signal leaves at once", received.name)
            self._leaving = True
        self._worker.stop()

    def _work(self) -> None:
        try:
            while not self._leaving:
                self._worker.work()
        except BaseException as error:  # noqa: BLE001 - the main thread raises it
            self._failure = error
