from __future__ import annotations

import math
import re
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter
from prometheus_client.parser import text_string_to_metric_families

from log_processor.errors import ConfigError
from log_processor.health import HealthServer
from log_processor.queue_status import queue_status
from tests.httpserver import Server, content, serving
from tests.log_processor.daemon_process import SECONDS, DaemonProcess, payload
from tests.services.gearman import HOST, Gear
from tests.services.servers import wait_until


class Served:
    """A health server whose state a test sets."""

    def __init__(self, listen: str = "127.0.0.1:0") -> None:
        self.registry = CollectorRegistry()
        self.problems: list[str] = []
        self.refreshed = 0
        self.server = HealthServer(listen, self.registry, lambda: self.problems, self._refresh)
        self._host = listen.rpartition(":")[0]

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(
                f"http://{self._host}:{self.server.port}{path}", timeout=10
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def _refresh(self) -> None:
        self.refreshed += 1


@pytest.fixture
def serve() -> Iterator[Callable[[str], Served]]:
    opened: list[Served] = []

    def start(listen: str = "127.0.0.1:0") -> Served:
        opened.append(Served(listen))
        return opened[-1]

    yield start
    for each in opened:
        each.server.close()


@pytest.fixture
def served(serve: Callable[..., Served]) -> Served:
    return serve()


def test_metrics_are_in_the_form_that_prometheus_reads(served: Served) -> None:
    Counter("jobs", "Jobs", registry=served.registry).inc(3)
    code, text = served.get("/metrics")
    samples = {
        sample.name: sample.value for f in text_string_to_metric_families(text) for sample in f.samples
    }
    assert (200, 3) == (code, samples["jobs_total"])


def test_metrics_are_refreshed_when_they_are_asked_for(served: Served) -> None:
    served.get("/healthz")
    served.get("/readyz")
    assert 0 == served.refreshed
    served.get("/metrics")
    served.get("/metrics?name[]=jobs_total")
    assert 2 == served.refreshed


def test_a_running_process_is_alive_even_when_it_is_not_ready(served: Served) -> None:
    served.problems = ["the store is away"]
    assert (200, "alive\n") == served.get("/healthz")


def test_it_is_ready_when_there_is_no_problem(served: Served) -> None:
    assert (200, "ready\n") == served.get("/readyz")
    served.problems = ["the store is away", "no connection"]
    assert (503, "the store is away\nno connection\n") == served.get("/readyz")
    served.problems = []
    assert (200, "ready\n") == served.get("/readyz")


@pytest.mark.parametrize("path", ["/", "/metricsx", "/admin", "/healthz/"])
def test_another_path_is_not_found_and_told_which_there_are(served: Served, path: str) -> None:
    assert (404, "/metrics, /healthz, /readyz\n") == served.get(path)


def test_a_port_in_use_is_an_error_of_the_configuration_with_the_mend() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(
            ConfigError, match=f"cannot listen on {listen}: Address already in use; name another port"
        ):
            Served(listen)


@pytest.mark.parametrize("listen", ["127.0.0.1:70000", "no-such-host.invalid:0", "192.0.2.1:0"])
def test_an_address_that_is_none_of_ours_is_an_error_of_the_configuration(listen: str) -> None:
    with pytest.raises(ConfigError, match=f"metrics.listen: cannot listen on {listen}: ..."):
        Served(listen)


def test_an_ipv6_address_is_served(serve: Callable[..., Served]) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    assert (200, "alive\n") == serve("[::1]:0").get("/healthz")


def test_a_slow_client_keeps_nobody_waiting(served: Served) -> None:
    with closing(socket.create_connection(("127.0.0.1", served.server.port))) as slow:
        slow.sendall(b"GET /healthz")
        assert (200, "alive\n") == served.get("/healthz")


def test_a_closed_server_is_not_there_any_more(served: Served) -> None:
    other = Served()
    other.server.close()
    with pytest.raises(urllib.error.URLError):
        other.get("/healthz")


def test_a_gauge_may_be_no_number(served: Served) -> None:
    from log_processor.metrics import Metrics

    metrics = Metrics()
    metrics.queue(None)
    server = HealthServer("127.0.0.1:0", metrics.registry, list, lambda: None)
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=10) as answer:
            families = list(text_string_to_metric_families(answer.read().decode()))
    finally:
        server.close()
    (workers,) = [s.value for f in families for s in f.samples if s.name == "log_processor_queue_workers"]
    assert math.isnan(workers)


# ---- the daemon's own answers -----------------------------------------------------------------------


@pytest.fixture
def web() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def daemon(tmp_path: Path, web: Server) -> Iterator[DaemonProcess]:
    process = DaemonProcess(tmp_path, web.url("/"), **{"metrics.listen": "127.0.0.1:0"})
    yield process
    process.kill()


def ask(daemon: DaemonProcess, path: str) -> tuple[int, str]:
    match = re.search(r"/readyz on port (\d+)", daemon.log.read_text())
    assert match
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{match[1]}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def wait_for_readiness(daemon: DaemonProcess, code: int) -> str:
    wait_until(lambda: ask(daemon, "/readyz")[0] == code, seconds=SECONDS, what=f"/readyz to answer {code}")
    return ask(daemon, "/readyz")[1]


def test_the_daemon_s_counters_agree_with_its_documents(daemon: DaemonProcess, web: Server) -> None:
    daemon.start()
    passing = payload(web.put("/pass", content(b"one\ntwo\n")), "b1", build_status="SUCCESS")
    failing = payload(web.put("/fail", content(b"one\nboom\ncrash\n")), "b2")
    daemon.submit(passing)
    daemon.wait_for_outcome("b1", "indexed")
    daemon.submit(failing, payload("http://10.0.0.1/", "b3"))
    documents = [
        daemon.wait_for_outcome(*each) for each in (("b1", "indexed"), ("b2", "indexed"), ("b3", "refused"))
    ]
    daemon.wait_for("job done", times=3)
    wait_until(lambda: queue_status(HOST, daemon.port)[0].total == 0, seconds=SECONDS, what="an empty queue")
    code, text = ask(daemon, "/metrics")
    samples = {
        (sample.name.removeprefix("log_processor_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert 200 == code
    assert (2, 1) == (samples["jobs_total", "indexed"], samples["jobs_total", "refused"])
    assert sum(d.lines_indexed for d in documents) == samples["lines_total", "indexed"] == 5
    assert sum(d.lines_far for d in documents) == samples["lines_total", "far"] == 2
    assert sum(d.bytes_read for d in documents) == samples["bytes_total",]
    assert (1, 1) == (samples["dead_letters",], samples["learned_total",])
    assert (0, 0, 1) == (
        samples["queue_jobs", "waiting"],
        samples["queue_jobs", "running"],
        samples["queue_workers",],
    )


def test_the_queue_is_that_of_the_function_that_is_worked_for(daemon: DaemonProcess) -> None:
    def wait_for_workers(**workers: int) -> None:
        wait_until(
            lambda: (
                workers == {status.function: status.workers for status in queue_status(HOST, daemon.port)}
            ),
            seconds=SECONDS,
            what=f"workers: {workers}",
        )
        assert "log_processor_queue_workers 1.0" in ask(daemon, "/metrics")[1]

    daemon.start()
    wait_for_workers(**{"push-log": 1})
    daemon.configure(**{"gearman.function": "push-other-log"})
    daemon.send(signal.SIGHUP)
    wait_for_workers(**{"push-log": 0, "push-other-log": 1})


def test_the_daemon_is_not_ready_while_the_gearman_server_is_away(daemon: DaemonProcess) -> None:
    server = Gear()
    try:
        daemon.configure(**{"gearman.port": server.port})
        daemon.start(embedded=False)
        assert "ready\n" == wait_for_readiness(daemon, 200)
        server.stop()
        assert f"no connection to the gearman server 127.0.0.1:{server.port}\n" == wait_for_readiness(
            daemon, 503
        )
        code, text = ask(daemon, "/metrics")
        assert 200 == code
        assert 'log_processor_queue_jobs{state="waiting"} NaN' in text
        server.start()
        assert "ready\n" == wait_for_readiness(daemon, 200)
    finally:
        server.stop()


def test_the_daemon_is_not_ready_while_the_store_is_away(daemon: DaemonProcess) -> None:
    (daemon.folder / "data").write_text("a file where the folder should be")
    daemon.launch("--embedded")
    daemon.wait_for("/readyz on port")
    assert "cannot create the folder of the SQLite database" in wait_for_readiness(daemon, 503)
    (daemon.folder / "data").unlink()
    assert "ready\n" == wait_for_readiness(daemon, 200)


def test_a_daemon_may_have_no_health_server(daemon: DaemonProcess) -> None:
    daemon.configure(**{"metrics.listen": None})
    daemon.start()
    assert "/readyz" not in daemon.log.read_text()
