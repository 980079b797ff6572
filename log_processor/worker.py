"""One worker put together from the configuration."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from dataclasses import replace

from anomaly_filter import Fallback
from log_processor.config import Config
from log_processor.daemon import Loop
from log_processor.dead_letters import DeadLetters
from log_processor.errors import ConfigError, LogProcessorError, Unavailable
from log_processor.fetch.fetcher import Fetcher
from log_processor.health import HealthServer
from log_processor.job import unique_of
from log_processor.metrics import Metrics
from log_processor.models import open_models
from log_processor.pipeline import Pipeline, Rules
from log_processor.queue_status import QueueStatus, function_status
from log_processor.source import EmbeddedServer, GearmanSource, GearmanSubmitter
from log_processor.stores.opening import open_store
from log_processor.timestamps import now

_LOG = logging.getLogger(__name__)
_PREPARE_SECONDS = 2.0
_QUEUE_SECONDS = 1.0  # that /metrics waits for the gearman server


def check(config: Config) -> None:
    """Look for what is only seen when a worker is put together; nothing is connected.

    Raises:
        ConfigError: something is wrong.
    """
    with closing(Fetcher(config.fetch)), closing(open_store(config.store)):
        pass


class GearmanWorker:
    """Takes jobs from a gearman server, in the way that `daemon.Worker` asks for."""

    def __init__(self, load: Callable[[], Config], *, embedded: bool) -> None:
        """Make a worker.

        Args:
            load: reads the configuration; raises ConfigError.
            embedded: whether a gearman server runs inside this process, on loopback.

        Raises:
            ConfigError: the configuration is wrong.
        """
        self._load = load
        self._embedded = embedded
        self._config = load()
        check(self._config)
        self._metrics = Metrics()
        self._services = ExitStack()
        self._stopping = threading.Event()
        self._source: GearmanSource | None = None

    def open(self) -> None:
        """Start the embedded server and the health server.

        Raises:
            ConfigError: one of them cannot listen.
        """
        config = self._config
        for notice in config.notices:
            _LOG.warning("%s", notice)
        if self._embedded:
            server = EmbeddedServer(config.gearman.port)
            self._services.callback(server.close)
            self._services.callback(self._warn_of_queue)
            _LOG.info("gearman server inside, on 127.0.0.1:%d; its queue is in memory only", server.port)
        if config.metrics.listen:
            health = HealthServer(
                config.metrics.listen, self._metrics.registry, self._problems, self._refresh
            )
            self._services.callback(health.close)
            _LOG.info("/metrics, /healthz and /readyz on port %d", health.port)

    def work(self) -> None:
        """Take jobs until `stop` is called.

        Raises:
            ConfigError: the work cannot go on under this configuration.
        """
        config = self._config
        with ExitStack() as stack:
            # Cleared when the work ends, not when it begins: a stop that came in between is not lost.
            stack.callback(self._stopping.clear)
            store = open_store(config.store)
            stack.callback(store.close)
            if not self._prepared(store.prepare):
                return
            fetcher = Fetcher(config.fetch)
            stack.callback(fetcher.close)
            host = self._host()
            self._source = source = GearmanSource(host, config.gearman.port, config.gearman.function)
            stack.callback(source.close)
            if self._stopping.is_set():  # stopped before there was a source to stop
                return
            pipeline = Pipeline(
                fetcher,
                store,
                open_models(config),
                DeadLetters(config.dead_letters.path, now),
                self._metrics,
                Rules(
                    config.score.threshold,
                    tuple(Fallback(step) for step in config.models.fallback),
                    config.learn.statuses,
                ),
                now,
                worker=f"{socket.gethostname()}-{os.getpid()}",
            )
            _LOG.info("taking %s jobs from %s:%d", config.gearman.function, host, config.gearman.port)
            held = Loop(pipeline, self._metrics, config.fetch.away_seconds, self._stopping).run(source)
            if held is not None and self._embedded:
                self._queue_again(held)

    def stop(self) -> None:
        """Let `work` return after the job in hand."""
        self._stopping.set()
        if self._source:
            self._source.stop()

    def reload(self) -> None:
        """Read the configuration for the next call of `work`; a wrong one is logged, and the old one stays."""
        old = self._config
        try:
            config = self._load()
            check(config)
        except ConfigError as error:
            _LOG.error("the configuration stays as it was: %s", "; ".join(str(error).splitlines()))
            return
        for notice in config.notices:
            _LOG.warning("%s", notice)
        # The servers inside stay where they listen: whoever knows them knows that port.
        kept = replace(config, metrics=old.metrics)
        if self._embedded:
            kept = replace(kept, gearman=replace(config.gearman, port=old.gearman.port))
        if kept != config:
            _LOG.warning(
                "metrics.listen and the port of the gearman server inside change with a restart only"
            )
        self._config = kept

    def close(self) -> None:
        """End the servers."""
        self._services.close()

    def _prepared(self, prepare: Callable[[], None]) -> bool:
        """Wait until the store is there; False: stopped while waiting."""
        while True:
            try:
                prepare()
            except Unavailable as error:
                self._metrics.holds.labels("store").inc()
                _LOG.warning("waiting for the store: %s", error)
            else:
                return True
            if self._stopping.wait(_PREPARE_SECONDS):
                return False

    def _host(self) -> str:
        return EmbeddedServer.host if self._embedded else self._config.gearman.host

    def _problems(self) -> list[str]:
        source, port = self._source, self._config.gearman.port
        connected = source is not None and source.connected()
        problems = [] if connected else [f"no connection to the gearman server {self._host()}:{port}"]
        try:
            with closing(open_store(self._config.store)) as store:
                store.ready()
        except LogProcessorError as error:
            problems.append(str(error))
        return problems

    def _refresh(self) -> None:
        self._metrics.dead_letters.set(len(DeadLetters(self._config.dead_letters.path, now)))
        try:
            self._metrics.queue(self._queue())
        except Unavailable:
            self._metrics.queue(None)

    def _queue(self) -> QueueStatus | None:
        gearman = self._config.gearman
        return function_status(self._host(), gearman.port, gearman.function, _QUEUE_SECONDS)

    def _queue_again(self, payload: bytes) -> None:
        """Put a job that is held back into the queue: the server inside does not take one back on its own."""
        gearman = self._config.gearman
        with closing(GearmanSubmitter(self._host(), gearman.port, gearman.function)) as submitter:
            submitter.submit(payload, unique_of(payload))

    def _warn_of_queue(self) -> None:
        with suppress(Unavailable):
            queue = self._queue()
            if queue and queue.total:
                _LOG.warning(
                    "%d jobs in the queue end with the server inside: submit them again", queue.total
                )
