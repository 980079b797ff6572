"""`log-classify download-logs`."""

from __future__ import annotations

import gzip
import lzma
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from log_classify.trees import web
from tests.httpserver import Answer, Server, content, cut, serving, status
from tests.log_classify.console import COMMAND, ROOT, Ran
from tests.log_classify.trees.pages import apache


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(web, "_PAUSE", 0)
    with serving() as server:
        server.put("/71/", content(apache("/71/", ["a.log", "sub/", "shot.png"]), Content_Type="text/html"))
        server.put("/71/sub/", content(apache("/71/sub/", ["b.log"]), Content_Type="text/html"))
        server.put("/71/a.log", content(b"alpha\n"))
        server.put("/71/sub/b.log", content(b"beta\n"))
        yield server


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


BOTH = {"a.log": b"alpha\n", "sub/b.log": b"beta\n"}


def test_logs_are_downloaded_without_noise(run: Ran, folder: Path, server: Server) -> None:
    said = "logs: 2 files downloaded (0.0 MB), 0 were there, 1 left out, 0 could not be had\n"
    assert (0, said, "") == run("download-logs", server.url("/71/"), "logs")
    assert BOTH == files(folder / "logs")


def test_without_a_folder_the_last_part_of_the_url_names_it(run: Ran, folder: Path, server: Server) -> None:
    run("download-logs", server.url("/71/?C=N;O=D"))
    assert BOTH == files(folder / "71")


def test_what_is_left_out_is_named_when_asked(run: Ran, server: Server) -> None:
    _, out, _ = run(
        "download-logs",
        server.url("/71/"),
        "logs",
        "-v",
        "-x",
        "b",
        "-X",
        "^nothing",
        "--include-path",
        "log$",
    )
    assert "left out: shot.png: a picture\nleft out: sub/b.log: its name is excluded: b\n" in out


def test_what_is_there_is_not_asked_for_again(run: Ran, folder: Path, server: Server) -> None:
    run("download-logs", server.url("/71/"), "logs")
    (folder / "logs/a.log").unlink()
    (folder / "logs/sub/b.log").write_bytes(b"mine\n")
    server.requests.clear()
    _, out, _ = run("download-logs", server.url("/71/"), "logs")
    assert {**BOTH, "sub/b.log": b"mine\n"} == files(folder / "logs")
    assert "1 file downloaded (0.0 MB), 1 were there" in out
    assert ["/71/", "/71/sub/", "/71/a.log"] == [path for path, _ in server.requests]


@pytest.mark.parametrize(
    "answer", [status(404), status(503), cut(b"alpha\n" * 100, 60), content(b"x", Content_Encoding="gzip")]
)
def test_a_file_that_cannot_be_had_is_named_and_not_half_there(
    answer: Answer, run: Ran, folder: Path, server: Server
) -> None:
    if answer is not None:
        server.put("/71/a.log", answer)
    exit_status, out, error = run("download-logs", server.url("/71/"), "logs")
    if "a.log" in error:
        assert 3 == exit_status
        assert "1 file downloaded" in out
        assert {"sub/b.log": b"beta\n"} == files(folder / "logs")
    else:  # it said that it is compressed, and is not
        assert {**BOTH, "a.log": b"x"} == files(folder / "logs")


def test_a_single_file_is_downloaded(run: Ran, folder: Path, server: Server) -> None:
    run("download-logs", server.url("/71/a.log"), "logs")
    assert {"a.log": b"alpha\n"} == files(folder / "logs")


def test_a_tree_without_files_is_nothing_read(run: Ran, server: Server) -> None:
    assert 5 == run("download-logs", server.url("/71/"), "logs", "-X", ".")[0]
    assert 5 == run("download-logs", server.url("/72/"), "logs")[0]


LOG = b"alpha\n" * 50
GZ, XZ = gzip.compress(LOG), lzma.compress(LOG)


@pytest.mark.parametrize(
    ("name", "sent", "encoding", "plain"),
    [
        ("a.log", LOG, "", LOG),
        ("a.log", GZ, "gzip", LOG),
        ("a.log", GZ, "", GZ),  # a log that is gzip, whatever its name
        ("a.log.xz", XZ, "", XZ),
        ("a.log.xz", gzip.compress(XZ), "gzip", XZ),
        ("a.log.gz", GZ, "", None),
        ("a.log.gz", GZ, "gzip", None),
        ("a.log.gz", gzip.compress(GZ), "gzip", None),
        ("a.log.gz", LOG, "", None),  # the server unpacked it
    ],
)
def test_a_file_is_stored_as_its_name_says_whatever_the_server_does(
    name: str, sent: bytes, encoding: str, plain: bytes | None, *, run: Ran, folder: Path, server: Server
) -> None:
    headers = {"Content_Encoding": encoding} if encoding else {}
    server.put(f"/72/{name}", content(sent, **headers))
    server.put("/72/", content(apache("/72/", [name]), Content_Type="text/html"))
    assert 0 == run("download-logs", server.url("/72/"), "logs")[0]
    stored = files(folder / "logs")[name]
    assert (gzip.decompress(stored) == LOG) if plain is None else (stored == plain)


@pytest.mark.parametrize(
    "href", ["x" * 250 + ".log", "d.log/inner.log", "%00.log", "%2e%2e%2f%2e%2e%2fup.log"]
)
def test_names_that_cannot_be_written_here_cost_no_other_file(
    href: str, run: Ran, folder: Path, server: Server
) -> None:
    server.put("/72/", content(apache("/72/", ["a.log", "d.log", href]), Content_Type="text/html"))
    server.answers |= {f"/72/{name}": [content(b"alpha\n")] for name in ("a.log", "d.log", href)}
    run("download-logs", server.url("/72/"), "logs")
    assert b"alpha\n" == files(folder / "logs")["a.log"]
    assert {"logs", "passed.log", "failed.log"} == {path.name for path in folder.iterdir()}


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_download_that_is_interrupted_leaves_no_half_file(
    number: signal.Signals, code: int, folder: Path, server: Server
) -> None:
    begun = threading.Event()

    def slow(handler: object) -> None:
        handler.begin(200, {"Content-Length": "100000"})  # type: ignore[attr-defined] # an answer gets a handler
        handler.wfile.write(bytes(50_000))  # type: ignore[attr-defined]
        begun.set()
        time.sleep(20)

    server.put("/71/a.log", slow)
    with subprocess.Popen(
        [*COMMAND, "download-logs", server.url("/71/"), str(folder / "logs")],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert begun.wait(20)
        time.sleep(0.2)
        process.send_signal(number)
        assert code == process.wait(5)
    assert "a.log" not in files(folder / "logs")
    assert [] == [path for path in files(folder / "logs") if path.endswith(".part")]


@pytest.mark.parametrize(
    "url", ["logs/", "ftp://logs.example.com/71/", "https://a:b@logs.example.com/", "http://["]
)
def test_what_is_no_url_of_a_web_server_is_a_mistake_in_the_command(url: str, run: Ran) -> None:
    code, _, err = run("download-logs", url)
    assert 2 == code
    assert err.startswith("log-classify download-logs: URL: ")
