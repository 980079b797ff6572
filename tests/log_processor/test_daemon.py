from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from log_processor.commands import run
from log_processor.daemon import Loop
from log_processor.document import FileDocument
from log_processor.errors import ConfigError, Outcome, SourceLost
from log_processor.pidfile import Pidfile
from log_processor.queue_status import queue_status
from log_processor.source import EmbeddedServer, GearmanSource, GearmanSubmitter
from tests.httpserver import Server, content, serving, status
from tests.log_processor.daemon_process import (
    SECONDS,
    DaemonProcess,
    Gate,
    command,
    environment,
    free_port,
    payload,
)
from tests.log_processor.workshop import FAILING, Unsteady, Workshop
from tests.services.gearman import HOST, Gearmand
from tests.services.servers import wait_until

# ---- the loop ---------------------------------------------------------------------------------------


class Handed:
    """A delivery that notes whether it was acknowledged."""

    handle = "H:1"

    def __init__(self, payload: bytes, *, lost: bool = False) -> None:
        self.payload = payload
        self.acknowledged = False
        self._lost = lost

    def ack(self) -> None:
        if self._lost:
            raise SourceLost("the gearman server did not confirm the job H:1")
        self.acknowledged = True


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Workshop]:
    with closing(Workshop(tmp_path)) as workshop:
        yield workshop


class Hours:
    """A clock that goes on by an hour with each look."""

    def __init__(self) -> None:
        self._hour = 0

    def __call__(self) -> float:
        self._hour += 1
        return 3600.0 * self._hour


def loop(shop: Workshop, *, away_seconds: float = 600, monotonic: Callable[[], float] | None = None) -> Loop:
    return Loop(
        shop.pipeline,
        shop.metrics,
        away_seconds,
        threading.Event(),
        first_pause=0.001,
        longest_pause=0.01,
        monotonic=monotonic or (lambda: 0.0),
    )


def sample(shop: Workshop, name: str, **labels: str) -> float | None:
    return shop.metrics.registry.get_sample_value(f"log_processor_{name}", labels)


def test_each_job_is_acknowledged_when_it_is_done(shop: Workshop) -> None:
    jobs = [
        Handed(shop.job(shop.log("a", FAILING), "b1")),
        Handed(b"malformed"),
        Handed(shop.job("http://no/", "b2")),
    ]
    assert None is loop(shop).run(jobs)
    assert [True] * 3 == [job.acknowledged for job in jobs]
    assert Outcome.INDEXED is shop.file("b1").outcome
    assert 2 == len(shop.letters())


def test_a_job_is_held_until_the_store_is_back(shop: Workshop) -> None:
    store = Unsteady(shop.store)
    store.failures.update(file=2, write=3, put_file=1)
    shop.write_to(store)
    job = Handed(shop.job(shop.log("a", FAILING)))
    loop(shop, away_seconds=0, monotonic=Hours()).run([job])
    assert job.acknowledged
    assert (Outcome.INDEXED, []) == (shop.file().outcome, shop.letters())
    assert (6, 0) == (sample(shop, "holds_total", server="store"), sample(shop, "held"))


def test_a_job_is_held_until_the_dead_letters_can_be_written(shop: Workshop) -> None:
    shop.dead_letters.root.write_text("in the way")
    mended = threading.Timer(0.05, shop.dead_letters.root.unlink)
    mended.start()
    job = Handed(b"malformed")
    loop(shop).run([job])
    mended.join()
    assert job.acknowledged
    assert 1 <= (sample(shop, "holds_total", server="dead_letters") or 0)
    assert 1 == len(shop.letters())


def test_a_job_is_held_until_the_log_server_is_back(shop: Workshop) -> None:
    with serving() as server:
        shop.allow(server.url("/"))
        url = server.put("/log", status(503), status(503), content(FAILING.encode()))
        loop(shop).run([Handed(shop.job(url))])
    assert (Outcome.INDEXED, 3) == (shop.file().outcome, shop.file().lines_read)
    assert (2, []) == (sample(shop, "holds_total", server="fetch"), shop.letters())


def test_a_log_server_that_stays_away_too_long_ends_the_job(shop: Workshop) -> None:
    with serving() as server:
        shop.allow(server.url("/"))
        url = server.put("/log", status(503))
        job = Handed(shop.job(url))
        loop(shop, away_seconds=7200, monotonic=Hours()).run([job])
    assert job.acknowledged
    (letter,) = shop.letters()
    assert (Outcome.FETCH_FAILED, Outcome.FETCH_FAILED) == (letter.outcome, shop.file().outcome)
    assert f"{url}: the server answered 503 (tried for 7200 s)" == letter.reason == shop.file().reason


@pytest.mark.parametrize(("away_seconds", "tries"), [(0, 1), (1, 2)])
def test_a_limit_of_no_time_means_one_try(shop: Workshop, away_seconds: float, tries: int) -> None:
    with serving() as server:
        shop.allow(server.url("/"))
        loop(shop, away_seconds=away_seconds, monotonic=Hours()).run(
            [Handed(shop.job(server.put("/log", status(503))))]
        )
        assert tries == len(server.requests)


def test_the_time_in_which_the_store_was_away_is_not_the_log_server_s(shop: Workshop) -> None:
    store = Unsteady(shop.store)
    store.failures["put_file"] = 5
    shop.write_to(store)
    with serving() as server:
        shop.allow(server.url("/"))
        good, bad = content(FAILING.encode()), status(503)
        url = server.put("/log", good, good, good, good, good, bad, good)
        loop(shop, away_seconds=1, monotonic=Hours()).run([Handed(shop.job(url))])
    assert (Outcome.INDEXED, []) == (shop.file().outcome, shop.letters())


class Buggy(Unsteady):
    """A store with a bug of ours."""

    def __init__(self, shop: Workshop, *methods: str) -> None:
        super().__init__(shop.store)
        self._methods = methods

    def _fail(self, name: str) -> None:
        if name in self._methods:
            raise IndexError("list index out of range")
        super()._fail(name)


@pytest.mark.parametrize("broken", [("write",), ("file", "put_file", "write")])
def test_after_a_bug_the_next_job_is_done(
    shop: Workshop, caplog: pytest.LogCaptureFixture, broken: tuple[str, ...]
) -> None:
    url = shop.log("a", FAILING)
    jobs = [Handed(shop.job(url, "b1")), Handed(b"malformed")]
    shop.write_to(Buggy(shop, *broken))
    work = loop(shop)
    work.run(jobs)
    assert [True, True] == [job.acknowledged for job in jobs]
    (letter,) = [letter for letter in shop.letters() if letter.outcome is Outcome.INTERNAL_ERROR]
    assert (jobs[0].payload, "IndexError: list index out of range") == (letter.payload, letter.reason)
    assert "Traceback" in caplog.text
    assert 1 == sample(shop, "jobs_total", outcome="internal_error")
    document = shop.found()
    assert (Outcome.INTERNAL_ERROR if broken == ("write",) else None) == (document and document.outcome)
    shop.write_to(shop.store)
    work.run([Handed(shop.job(url, "b2"))])
    assert Outcome.INDEXED is shop.file("b2").outcome


def test_after_a_bug_in_giving_a_job_up_the_next_one_is_done(shop: Workshop) -> None:
    shop.write_to(Buggy(shop, "file"))
    with serving() as server:
        shop.allow(server.url("/"))
        jobs = [Handed(shop.job(server.put("/log", status(503)))), Handed(b"malformed")]
        loop(shop, away_seconds=0).run(jobs)
    assert [True, True] == [job.acknowledged for job in jobs]
    assert {Outcome.INTERNAL_ERROR, Outcome.MALFORMED} == {letter.outcome for letter in shop.letters()}


def test_a_wrong_configuration_ends_the_loop_with_the_job_in_hand(shop: Workshop) -> None:
    class Misconfigured(Unsteady):
        def put_file(self, document: FileDocument) -> None:
            raise ConfigError("the index is another program's")

    shop.write_to(Misconfigured(shop.store))
    job = Handed(shop.job(shop.log("a", FAILING)))
    with pytest.raises(ConfigError):
        loop(shop).run([job])
    assert not job.acknowledged
    assert [] == shop.letters()


def test_a_lost_acknowledgement_is_counted_and_the_loop_goes_on(
    shop: Workshop, caplog: pytest.LogCaptureFixture
) -> None:
    last = Handed(b"malformed")
    loop(shop).run([Handed(shop.job(shop.log("a", FAILING)), lost=True), last])
    assert last.acknowledged
    assert (1, Outcome.INDEXED) == (sample(shop, "source_lost_total"), shop.file().outcome)
    assert "doing it again changes nothing" in caplog.text


def test_a_stop_leaves_after_the_job_in_hand(shop: Workshop) -> None:
    work = loop(shop)
    jobs = [Handed(b"1"), Handed(b"2")]
    work.stopping.set()
    assert None is work.run(jobs)
    assert [True, False] == [job.acknowledged for job in jobs]


def test_a_stop_while_a_job_is_held_leaves_it_undone(shop: Workshop) -> None:
    store = Unsteady(shop.store)
    store.failures["file"] = 10**9
    shop.write_to(store)
    work = loop(shop)
    stop = threading.Timer(0.05, work.stopping.set)
    stop.start()
    jobs = [Handed(shop.job(shop.log("a", FAILING))), Handed(b"2")]
    assert jobs[0].payload == work.run(jobs)
    stop.join()
    assert [False, False] == [job.acknowledged for job in jobs]
    assert (0, []) == (sample(shop, "held"), shop.letters())


def test_the_loop_does_what_a_gearman_server_hands_out(shop: Workshop) -> None:
    with (
        closing(EmbeddedServer()) as server,
        closing(GearmanSource(HOST, server.port)) as source,
        closing(GearmanSubmitter(HOST, server.port)) as submitter,
    ):
        for number in range(3):
            submitter.submit(shop.job(shop.log("a", FAILING), f"b{number}"), f"u{number}")
        work = threading.Thread(target=loop(shop).run, args=(source,), daemon=True)
        work.start()
        wait_until(
            lambda: queue_status(HOST, server.port)[0].total == 0, seconds=SECONDS, what="the jobs to be done"
        )
        source.stop()
        work.join(SECONDS)
        assert not work.is_alive()
    assert {Outcome.INDEXED} == {shop.file(f"b{number}").outcome for number in range(3)}


# ---- the thread and its signals, in a process of its own --------------------------------------------

STEPS = """
import os, signal, sys, threading
from log_processor.daemon import Daemon
from log_processor.errors import StoreUnavailable

class Steps:
    stopping = threading.Event()
    said = []
    def open(self):
        self.said.append("open")
    def work(self):
        self.said.append("work")
        if "fail" in sys.argv:
            raise StoreUnavailable("away")
        os.kill(os.getpid(), signal.SIGHUP if "reload" not in self.said else signal.SIGTERM)
        self.stopping.wait(30)
        self.stopping.clear()
    def stop(self):
        self.said.append("stop")
        self.stopping.set()
    def reload(self):
        self.said.append("reload")
    def close(self):
        self.said.append("close")
        os.kill(os.getpid(), signal.SIGTERM)  # too late to matter; must not kill

try:
    Daemon(Steps()).run()
except StoreUnavailable as error:
    Steps.said.append(str(error))
print(*Steps.said)
"""


def steps(*arguments: str) -> str:
    """Run a worker that notes what it is told; a test's own process may have threads that a signal would hit."""
    done = subprocess.run(
        [sys.executable, "-c", STEPS, *arguments], capture_output=True, text=True, timeout=SECONDS, check=True
    )
    return done.stdout.strip()


def test_signals_reload_and_stop_the_worker() -> None:
    assert "open work reload stop work stop close" == steps()


def test_what_ends_the_work_ends_the_daemon() -> None:
    assert "open work close away" == steps("fail")


# ---- the daemon as a process ------------------------------------------------------------------------


@pytest.fixture
def web() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def daemon(tmp_path: Path, web: Server) -> Iterator[DaemonProcess]:
    process = DaemonProcess(tmp_path, web.url("/"))
    yield process
    process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_the_file_in_hand_and_leaves(
    daemon: DaemonProcess, web: Server, number: signal.Signals
) -> None:
    gate = Gate()
    daemon.start()
    daemon.submit(
        payload(web.put("/slow", gate.answer), "slow"), payload(web.put("/next", content(b"x\n")), "next")
    )
    gate.wait()
    daemon.send(number)
    daemon.wait_for(f"{number.name}: leaving after the file in hand")
    gate.open()
    assert 0 == daemon.ended()
    document = daemon.file("slow")
    assert document is not None
    assert (Outcome.INDEXED, 1000) == (document.outcome, document.lines_read)
    assert daemon.file("next") is None
    assert "1 jobs in the queue end with the server inside" in daemon.log.read_text()


def test_a_second_signal_leaves_at_once(daemon: DaemonProcess, web: Server) -> None:
    gate = Gate()
    daemon.start("-p", "pid")
    daemon.submit(payload(web.put("/slow", gate.answer), "slow"))
    gate.wait()
    daemon.send(signal.SIGTERM)
    daemon.wait_for("leaving after the file in hand")
    daemon.send(signal.SIGTERM)
    assert 130 == daemon.ended()
    gate.open()
    found = daemon.file("slow")
    assert found is None or found.outcome is Outcome.RUNNING
    daemon.start("-p", "pid")  # what was left behind hinders nobody
    daemon.send(signal.SIGTERM)
    assert 0 == daemon.ended()


@pytest.mark.services("gearmand")
def test_the_job_of_a_daemon_that_left_at_once_goes_to_another(
    daemon: DaemonProcess, web: Server, gearmand: Gearmand
) -> None:
    daemon.port = gearmand.port
    daemon.configure(**{"gearman.port": gearmand.port})
    gate = Gate()
    daemon.start(embedded=False)
    daemon.submit(payload(web.put("/slow", gate.answer), "slow"))
    gate.wait()
    daemon.send(signal.SIGTERM)
    daemon.wait_for("leaving after the file in hand")
    daemon.send(signal.SIGTERM)
    assert 130 == daemon.ended()
    gate.open()
    wait_until(
        lambda: [(1, 0)] == [(s.total, s.running) for s in queue_status(HOST, gearmand.port)],
        seconds=SECONDS,
        what="the job to be back in the queue",
    )
    daemon.start(embedded=False)
    assert 1000 == daemon.wait_for_outcome("slow", "indexed").lines_read


def test_a_reload_takes_up_what_was_changed(daemon: DaemonProcess, web: Server) -> None:
    daemon.configure(**{"fetch.allow": ["https://logs.example.org/"]})
    daemon.start()
    url = web.put("/log", content(b"a line\n"))
    daemon.submit(payload(url, "b1"))
    daemon.wait_for_outcome("b1", "refused")
    daemon.configure(**{"fetch.allow": [web.url("/")]})
    daemon.send(signal.SIGHUP)
    daemon.wait_for("taking push-log jobs", times=2)
    daemon.submit(payload(url, "b2"))
    daemon.wait_for_outcome("b2", "indexed")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("score.threshold", 7, "score.threshold: expected"),
        ("fetch.ca_certs", "no-such-file", "fetch.ca_certs: there is no file no-such-file"),
    ],
)
def test_a_reload_of_something_wrong_keeps_what_was_there(
    daemon: DaemonProcess, web: Server, key: str, value: object, said: str
) -> None:
    daemon.start()
    daemon.configure(**{key: value, "fetch.allow": []})
    daemon.send(signal.SIGHUP)
    daemon.wait_for(f"ERROR the configuration stays as it was: .*{said}")
    daemon.wait_for("taking push-log jobs", times=2)
    daemon.submit(payload(web.put("/log", content(b"a line\n")), "b1"))
    daemon.wait_for_outcome("b1", "indexed")


def test_a_reload_does_not_move_the_servers_inside(daemon: DaemonProcess, web: Server) -> None:
    daemon.start()
    daemon.configure(**{"gearman.port": free_port(), "metrics.listen": "127.0.0.1:0"})
    daemon.send(signal.SIGHUP)
    daemon.wait_for(
        "WARNING metrics.listen and the port of the gearman server inside change with a restart only"
    )
    daemon.wait_for("taking push-log jobs", times=2)
    daemon.submit(payload(web.put("/log", content(b"a line\n")), "b1"))
    daemon.wait_for_outcome("b1", "indexed")


def test_a_reload_while_a_job_is_held_does_not_lose_it(daemon: DaemonProcess, web: Server) -> None:
    daemon.start()
    url = web.put("/log", status(503))
    daemon.submit(payload(url, "b1"))
    daemon.wait_for("job held: ")
    daemon.send(signal.SIGHUP)
    daemon.wait_for("taking push-log jobs", times=2)
    web.put("/log", content(b"a line\n"))
    daemon.wait_for_outcome("b1", "indexed")


def test_a_job_s_names_cannot_forge_lines_of_the_log(daemon: DaemonProcess, web: Server) -> None:
    daemon.start()
    name = "x\n2026-01-01 00:00:00,000 INFO job done: build=\x1b[2Jforged"
    daemon.submit(payload(web.put("/log", content(b"a line\n")), "b1", filename=name))
    daemon.wait_for_outcome("b1", "indexed")
    daemon.wait_for(r"file=x\\u000a2026-01-01 .*\\u001b\[2Jforged outcome=indexed")


def test_a_store_that_is_away_is_waited_for_at_the_start(daemon: DaemonProcess, web: Server) -> None:
    blocked = daemon.folder / "data"
    blocked.write_text("a file where the folder should be")
    daemon.launch("--embedded")
    daemon.wait_for("waiting for the store: .*cannot create the folder")
    daemon.submit(payload(web.put("/log", content(b"a line\n")), "b1"))
    blocked.unlink()
    daemon.wait_for_outcome("b1", "indexed")


def test_waiting_for_the_store_can_be_ended(daemon: DaemonProcess) -> None:
    (daemon.folder / "data").write_text("a file where the folder should be")
    daemon.launch("--embedded")
    daemon.wait_for("waiting for the store")
    daemon.send(signal.SIGTERM)
    assert 0 == daemon.ended()


# ---- how it is started ------------------------------------------------------------------------------


def test_a_database_of_another_program_ends_the_daemon(daemon: DaemonProcess) -> None:
    daemon.database.parent.mkdir()
    daemon.database.write_text("this is no database, but long enough to look like one " * 100)
    daemon.launch("--embedded")
    assert 2 == daemon.ended()
    assert "store.sqlite is not an SQLite database: name another file in store.url" in daemon.log.read_text()
    assert "Traceback" not in daemon.log.read_text()


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"fetch.ca_certs": "none"}, "fetch.ca_certs: there is no file none"),
        ({"score.treshold": 1}, "score.treshold: unknown key"),
    ],
)
def test_a_wrong_configuration_ends_the_daemon_before_it_begins(
    daemon: DaemonProcess, keys: dict[str, object], said: str
) -> None:
    daemon.configure(**keys)
    ended = subprocess.run(
        command("run", "-c", daemon.yaml),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert 2 == ended.returncode
    assert said in ended.stderr


def test_a_port_in_use_ends_the_daemon(daemon: DaemonProcess) -> None:
    with closing(EmbeddedServer(daemon.port)):
        daemon.launch("--embedded")
        assert 2 == daemon.ended()
    assert f"cannot listen on 127.0.0.1:{daemon.port}" in daemon.log.read_text()


def test_a_held_pidfile_keeps_a_second_daemon_from_starting(daemon: DaemonProcess) -> None:
    daemon.start("-p", "pid")
    pidfile = daemon.folder / "pid"
    assert daemon.process is not None
    assert str(daemon.process.pid) == pidfile.read_text().strip()
    for arguments in (["--foreground"], []):
        second = subprocess.run(
            command("run", *arguments, "--embedded", "-c", daemon.yaml, "-p", pidfile, "-d", daemon.folder / "second.log"),
            env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        assert 2 == second.returncode
        assert f"{pidfile}: process {daemon.process.pid} holds it" in second.stderr
    daemon.send(signal.SIGTERM)
    assert 0 == daemon.ended()
    assert not pidfile.exists()


@pytest.mark.parametrize("left", ["", "1\n", "999999999\n"])
def test_a_pidfile_that_nobody_holds_is_taken_over(tmp_path: Path, left: str) -> None:
    path = tmp_path / "pid"
    path.write_text(left)
    with Pidfile(path):
        assert f"{os.getpid()}\n" == path.read_text()
        with pytest.raises(ConfigError, match=f"process {os.getpid()} holds it"), Pidfile(path):
            pass
        assert f"{os.getpid()}\n" == path.read_text()
    assert not path.exists()


def test_what_is_no_pidfile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "log-processor.yaml"
    path.write_text("gearman:\n")
    with pytest.raises(ConfigError, match="holds something else than a process id"), Pidfile(path):
        pass
    assert "gearman:\n" == path.read_text()


@pytest.mark.parametrize("name", [".", "none/pid"])
def test_a_pidfile_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="the pidfile cannot be written"), Pidfile(tmp_path / name):
        pass


@pytest.mark.parametrize("arguments", [["--foreground"], []])
def test_a_log_that_cannot_be_written_is_named(daemon: DaemonProcess, arguments: list[str]) -> None:
    ended = subprocess.run(
        command("run", *arguments, "--embedded", "-c", daemon.yaml, "-d", daemon.folder / "none" / "log"),
        env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert 2 == ended.returncode
    assert (
        "the log cannot be written: No such file or directory; name another file with --debuglog"
        in ended.stderr
    )


def test_a_detached_daemon_needs_a_place_for_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_SYSLOG", str(tmp_path / "log"))
    with pytest.raises(ConfigError, match=r"there is no syslog at .*: name a file to log to with --debuglog"):
        run._check_log(None, foreground=False)
    run._check_log(None, foreground=True)
    (tmp_path / "log").touch()
    run._check_log(None, foreground=False)


def test_the_debuglog_takes_the_log(daemon: DaemonProcess) -> None:
    daemon.launch("--embedded", "-d", "debug.log")
    debuglog = daemon.folder / "debug.log"
    wait_until(
        lambda: debuglog.exists() and "taking push-log jobs" in debuglog.read_text(),
        seconds=SECONDS,
        what="the log",
    )
    daemon.send(signal.SIGTERM)
    assert 0 == daemon.ended()
    assert "" == daemon.log.read_text()


@contextlib.contextmanager
def detached(daemon: DaemonProcess, *arguments: str) -> Iterator[Path]:
    """Start it without --foreground; give the pidfile; end the process with the block."""
    pidfile = daemon.folder / "pid"
    started = subprocess.run(
        command("run", "-c", daemon.yaml.name, "-p", "pid", "-d", "daemon.log", *arguments),
        cwd=daemon.folder, env=environment(), capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert (0, "", "") == (started.returncode, started.stdout, started.stderr)
    wait_until(
        lambda: daemon.log.exists() and daemon.log.stat().st_size > 0,
        seconds=SECONDS,
        what="the daemon to log",
    )
    try:
        yield pidfile
    finally:
        with contextlib.suppress(OSError, ValueError):
            os.kill(int(pidfile.read_text()), signal.SIGKILL)


def test_without_foreground_it_detaches_and_relative_paths_go_on_to_mean_the_same(
    daemon: DaemonProcess, web: Server
) -> None:
    with detached(daemon, "--embedded") as pidfile:
        daemon.wait_for("taking push-log jobs")
        pid = int(pidfile.read_text())
        assert os.getsid(pid) != os.getsid(0)
        daemon.submit(payload(web.put("/log", content(b"a line\n")), "b1", build_status="SUCCESS"))
        daemon.wait_for_outcome("b1", "indexed")
        daemon.wait_for("job done")
        assert list((daemon.folder / "data" / "models").rglob("*.segment"))
        daemon.configure(**{"score.threshold": 0.5})
        os.kill(pid, signal.SIGHUP)
        daemon.wait_for("taking push-log jobs", times=2)
        os.kill(pid, signal.SIGTERM)
        wait_until(lambda: not pidfile.exists(), seconds=SECONDS, what="the pidfile to be removed")


def test_why_a_detached_daemon_could_not_begin_is_in_its_log(daemon: DaemonProcess) -> None:
    with closing(EmbeddedServer(daemon.port)), detached(daemon, "--embedded") as pidfile:
        daemon.wait_for("CRITICAL leaving: the embedded gearman server cannot listen")
        wait_until(lambda: not pidfile.exists(), seconds=SECONDS, what="the pidfile to be removed")
    assert "Traceback" not in daemon.log.read_text()


@pytest.fixture(autouse=True)
def _levels() -> Iterator[None]:
    """Some tests set up logging as the command does."""
    logger = logging.getLogger("log_processor")
    level = logger.level
    yield
    logger.setLevel(level)
