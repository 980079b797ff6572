"""Trees on web servers: found, fetched, and read like local ones; whatever such servers do."""

from __future__ import annotations

import functools
import gzip
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from log_classify.cli import main
from log_classify.trees import crawl, fetching, harvest, lists, web
from log_classify.trees.reader import open_trees
from log_processor.errors import ConfigError, FetchUnavailable, JobError
from log_processor.fetch import reach
from tests.httpserver import (
    Answer,
    Handler,
    Server,
    chunked,
    content,
    cut,
    raw,
    redirect,
    serving,
    silent,
    status,
    trickling,
)
from tests.log_classify.console import ROOT
from tests.log_classify.trees.archives import Read, tar, zipped
from tests.log_classify.trees.pages import Page, apache, gcsweb, manifest, nginx, s3, zuul


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(web, "_PAUSE", 0)
    with serving() as server:
        yield server


def put(server: Server, path: str, page: bytes, kind: str = "text/html;charset=UTF-8") -> str:
    return server.put(path, content(page, Content_Type=kind))


def asked(server: Server) -> list[str]:
    return sorted(path for path, _ in server.requests)


@pytest.mark.parametrize("page", [apache, nginx])
def test_folders_of_a_web_server_are_a_tree(page: Page, server: Server) -> None:
    url = put(server, "/71/", page("/71/", ["a.log", "sub/", "etc/", "shot.png", "x.tar.gz"]))
    put(server, "/71/sub/", page("/71/sub/", ["b%20c.log"]))
    server.put("/71/a.log", content(b"alpha\n"))
    server.put("/71/sub/b%20c.log", content(b"beta\n"))
    server.put("/71/x.tar.gz", content(tar({"deep.log": b"deep\n"}, "w:gz")))
    found = Read(url)
    assert {"a.log": b"alpha\n", "sub/b c.log": b"beta\n", "x.tar.gz/deep.log": b"deep\n"} == found.texts
    assert f"{url}sub/b%20c.log" == found.sources["sub/b c.log"]
    assert f"{url}x.tar.gz!deep.log" == found.sources["x.tar.gz/deep.log"]
    assert {"etc/": "configuration of a machine", "shot.png": "a picture"} == found.left_out
    assert (url, url, ()) == (found.tree.name, found.tree.url, found.remarks)
    assert ["/71/", "/71/a.log", "/71/sub/", "/71/sub/b%20c.log", "/71/x.tar.gz"] == asked(server)


def test_a_folder_served_by_python_is_a_tree(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/\u00e4 b.log").write_bytes(b"beta\n")
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(b"alpha\n"))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives
            """Stay silent."""

    handler = functools.partial(Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        found = Read(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()
    assert {"sub/\u00e4 b.log": b"beta\n", "a.log.gz": gzip.compress(b"alpha\n")} | found.texts == found.texts
    assert 2 == len(found.texts)


def test_a_single_log_and_a_single_archive_have_urls_too(server: Server) -> None:
    log = server.put("/71/console.log", content(b"alpha\n", Content_Type="text/html"))
    assert {"console.log": b"alpha\n"} == Read(log).texts
    packed = server.put("/71/logs.zip", content(zipped({"a.log": b"1"}), Content_Type="application/zip"))
    found = Read(packed)
    assert {"a.log": b"1"} == found.texts
    assert {"a.log": f"{packed}!a.log"} == found.sources


def test_a_redirect_to_a_folder_says_where_its_files_are(server: Server) -> None:
    url = server.put("/71", redirect("/71/"))
    put(server, "/71/", apache("/71/", ["a.log"]))
    server.put("/71/a.log", content(b"alpha\n"))
    assert {"a.log": b"alpha\n"} == Read(url).texts


def test_zuuls_uploads_are_a_tree_without_their_manifest(server: Server) -> None:
    url = put(server, "/71/index.html", zuul("71", ["a.log", "sub/"]))
    put(server, "/71/sub/index.html", zuul("71/sub", ["b.log"]))
    server.put("/71/a.log", content(b"alpha\n"))
    server.put("/71/sub/b.log", content(b"beta\n"))
    assert {"a.log": b"alpha\n", "sub/b.log": b"beta\n"} == Read(url).texts


@pytest.mark.parametrize("listed", [True, False])
def test_zuuls_manifest_spares_asking_for_each_folder(server: Server, *, listed: bool) -> None:
    url = (
        put(server, "/71/", apache("/71/", ["a.log", "sub/", "zuul-manifest.json"]))
        if listed
        else server.url("/71/")
    )
    server.put(
        "/71/zuul-manifest.json", content(manifest({"a.log": 1, "sub": {"b.log": 1}, "zuul-info": {"x": 1}}))
    )
    server.put("/71/a.log", content(b"alpha\n"))
    server.put("/71/sub/b.log", content(b"beta\n"))
    found = Read(url)
    assert {"a.log": b"alpha\n", "sub/b.log": b"beta\n"} == found.texts
    assert {"zuul-info/x": "how Zuul runs the job"} == found.left_out
    assert "/71/sub/" not in asked(server)


def test_a_manifest_that_is_none_leaves_the_folders(server: Server) -> None:
    url = put(server, "/71/", apache("/71/", ["a.log", "zuul-manifest.json"]))
    server.put("/71/zuul-manifest.json", content(b"oops"))
    server.put("/71/a.log", content(b"alpha\n"))
    assert {"a.log": b"alpha\n"} == Read(url).texts


def test_prows_browser_leads_to_pages_and_files(server: Server) -> None:
    url = server.url("/gcs/ci/1/")
    more = gcsweb(
        "ci", "1/", ["artifacts/"], {"build-log.txt": server.url("/ci/1/build-log.txt")}, more="1/b"
    )
    last = gcsweb("ci", "1/", [], {"late.log": server.url("/ci/1/late.log")})
    server.put("/gcs/ci/1/", content(more, Content_Type="text/html"), content(last, Content_Type="text/html"))
    put(
        server,
        "/gcs/ci/1/artifacts/",
        gcsweb("ci", "1/artifacts/", [], {"x.log": server.url("/ci/1/artifacts/x.log")}),
    )
    for name in ("build-log.txt", "late.log", "artifacts/x.log"):
        server.put(f"/ci/1/{name}", content(name.encode()))
    assert {name: name.encode() for name in ("build-log.txt", "late.log", "artifacts/x.log")} == Read(
        url
    ).texts


def test_a_bucket_is_listed_to_its_end(server: Server) -> None:
    server.put(
        "/bucket",
        content(s3(["p/1/a.log"], prefixes=["p/1/sub/"], token="t"), Content_Type="application/xml"),
        content(s3(["p/1/b.log"]), Content_Type="application/xml"),
        content(s3(["p/1/sub/c.log"]), Content_Type="application/xml"),
    )
    for name in ("a", "b", "sub/c"):
        server.put(f"/bucket/p/1/{name}.log", content(name.encode()))
    found = Read(server.url("/bucket?prefix=p/1/&signature=secret"))
    assert {"a.log", "b.log", "sub/c.log"} == set(found.texts)
    assert "secret" not in repr(found.tree)


@pytest.mark.parametrize(
    ("answer", "stored"),
    [
        (content(gzip.compress(b"alpha\n")), gzip.compress(b"alpha\n")),
        (content(gzip.compress(b"alpha\n"), Content_Encoding="gzip"), gzip.compress(b"alpha\n")),
        (content(b"alpha\n"), b"alpha\n"),
        (
            content(gzip.compress(gzip.compress(b"alpha\n")), Content_Encoding="gzip"),
            gzip.compress(gzip.compress(b"alpha\n")),
        ),
        (chunked([b"alp", b"ha\n"]), b"alpha\n"),
    ],
)
def test_a_compressed_file_is_read_whatever_the_server_does_with_it(
    answer: Answer, stored: bytes, server: Server
) -> None:
    from log_classify.logs import Log

    url = put(server, "/71/", apache("/71/", ["a.log.gz"]))
    server.put("/71/a.log.gz", answer)
    with open_trees() as reader:
        (file,) = reader.read(url).files
        assert ["alpha"] == [line.text for line in Log(file.file).lines()]


@pytest.mark.parametrize("code", [403, 404, 410, 500, 503])
def test_a_member_that_is_not_there_is_left_out_and_named(code: int, server: Server) -> None:
    url = put(server, "/71/", apache("/71/", ["a.log", "b.log", "gone/"]))
    server.put("/71/a.log", content(b"alpha\n"))
    server.put("/71/b.log", status(code))
    server.put("/71/gone/", status(code))
    found = Read(url)
    assert {"a.log": b"alpha\n"} == found.texts
    assert f"{url}b.log: the server answered {code}" == found.left_out["b.log"]
    assert f"{url}gone/: the server answered {code}" == found.left_out["gone/"]


def test_a_server_that_is_busy_is_asked_once_more(server: Server) -> None:
    url = put(server, "/71/", apache("/71/", ["a.log"]))
    server.put("/71/a.log", status(503), content(b"alpha\n"))
    assert {"a.log": b"alpha\n"} == Read(url).texts


@pytest.mark.parametrize(("code", "error"), [(404, JobError), (403, JobError), (503, FetchUnavailable)])
def test_a_tree_that_is_not_there_is_an_error(code: int, error: type[Exception], server: Server) -> None:
    url = server.put("/71/", status(code))
    server.put("/71/zuul-manifest.json", status(code))
    with pytest.raises(error, match=f"{re.escape(url)}: the server answered {code}"):
        Read(url)


@pytest.mark.parametrize(("code", "exit_status"), [(404, 2), (503, 3)])
def test_a_named_url_that_is_not_there_is_a_wrong_argument_and_a_server_may_be_away(
    code: int, exit_status: int, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    url = server.put("/71/a.log", status(code))
    server.put("/71/a.log/zuul-manifest.json", status(code))
    assert exit_status == main(["errors", url])
    assert f"the server answered {code}" in capsys.readouterr().err


def test_the_scheme_of_a_url_may_be_in_capitals(server: Server) -> None:
    url = server.put("/71/a.log", content(b"alpha\n"))
    assert {"a.log": b"alpha\n"} == Read(url.replace("http://", "HTTP://")).texts


def test_a_page_that_lists_nothing_is_an_error(server: Server) -> None:
    url = put(server, "/app/", b"<!doctype html><html><body><div id=root></div></body></html>")
    with pytest.raises(JobError, match="is a page that lists no files"):
        Read(url)


@pytest.mark.parametrize("url", ["http://", "http://user:word@127.0.0.1/", "http://[/", "http://a b/"])
def test_what_is_no_url_is_an_error(url: str) -> None:
    with pytest.raises((JobError, FetchUnavailable)):
        Read(url)


def test_a_server_that_is_not_there_is_away(server: Server) -> None:
    with pytest.raises(FetchUnavailable, match="no answer"):
        Read("http://127.0.0.1:9/71/")


def test_a_file_that_breaks_off_counts_as_far_as_it_came(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = put(server, "/71/", apache("/71/", ["a.log", "b.log"]))
    server.put("/71/a.log", cut(b"alpha\n" * 1000, 600))
    server.put("/71/b.log", content(b"beta\n"))
    found = Read(url)
    assert {"a.log": b"alpha\n" * 100, "b.log": b"beta\n"} == found.texts
    assert found.remarks[0].startswith("a.log: only 600 bytes came: ")


def test_a_list_that_leads_into_itself_ends(server: Server) -> None:
    def endless(handler: Handler) -> None:
        body = apache(handler.path, ["a.log", "again/", "x/"])
        content(body, Content_Type="text/html")(handler)

    url = server.put("/71/", endless)
    server.answers = _Everywhere(endless, {"/71/a.log": [content(b"alpha\n")]})
    found = Read(url)
    assert {"a.log": b"alpha\n"} == found.texts
    assert {"again/", "x/"} == set(found.left_out)
    assert "it lists what a folder above it lists: a loop" == found.left_out["again/"]
    assert ["/71/", "/71/a.log", "/71/again/", "/71/x/"] == asked(server)


def test_folders_without_end_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(handler: Handler) -> None:
        depth = handler.path.count("/")
        content(apache(handler.path, [f"a{depth}.txt.png", f"{depth}/"]), Content_Type="text/html")(handler)

    server.answers = _Everywhere(endless, {})
    found = Read(server.url("/71/"))
    deep = "".join(f"{number}/" for number in range(2, 34))
    assert f"more than {crawl._DEEPEST} folders are in one another" in found.left_out.values()
    assert len(server.requests) <= crawl._DEEPEST + 1
    assert deep in "".join(found.left_out)


def test_pages_without_end_end(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl, "_MOST_LISTS", 20)
    pages = [0]

    def endless(handler: Handler) -> None:
        pages[0] += 1
        content(s3([f"{pages[0]}.png"], token=str(pages[0])), Content_Type="text/xml")(handler)

    found = Read(server.put("/bucket", endless) + "?prefix=")
    assert "more than 20 lists of files lead to one another" in found.left_out["./"]
    assert 21 == len(server.requests)


class _Everywhere(dict[str, list[Answer]]):
    """The same answer for every path but some."""

    def __init__(self, answer: Answer, others: dict[str, list[Answer]]) -> None:
        super().__init__(others)
        self._answer = answer

    def get(self, path: str, default: object = None) -> list[Answer]:
        return super().get(path, [self._answer])


def test_a_list_that_is_too_long_is_none(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LONGEST", 10_000)
    url = put(server, "/71/", apache("/71/", ["a.log", "long/"]))
    put(server, "/71/long/", apache("/71/long/", [f"{number}.log" for number in range(1000)]))
    server.put("/71/a.log", content(b"alpha\n"))
    found = Read(url)
    assert {"a.log": b"alpha\n"} == found.texts
    assert {"long/": "is no list of files"} == found.left_out


@pytest.mark.parametrize("form", [bytes, gzip.compress])
def test_a_log_that_begins_as_a_list_may_be_long_or_damaged(
    form: Callable[[bytes], bytes], server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "LONGEST", 10_000)
    log = form(b'{"level": "info", "text": "x"}\n' * 100_000)
    assert {"events.json": log} == Read(server.put("/71/events.json", content(log))).texts
    broken = log[: len(log) // 2] + b"#" * 100
    assert {"x.json": broken} == Read(server.put("/71/x.json", content(broken))).texts


def test_a_manifest_that_is_a_page_does_not_stand_for_what_is_missing(server: Server) -> None:
    server.put("/71/zuul-manifest.json", content(b"<html>not found</html>", Content_Type="text/html"))
    with pytest.raises(JobError, match="the server answered 404"):
        Read(server.url("/71/"))


def test_a_compressed_list_may_be_no_bomb(server: Server) -> None:
    url = put(server, "/71/", apache("/71/", ["bomb/"]))
    server.put("/71/bomb/", content(gzip.compress(b"<" + b" " * (100 << 20)), Content_Encoding="gzip"))
    assert {"bomb/"} == set(Read(url).left_out)


@pytest.mark.parametrize(
    ("location", "why"),
    [
        ("http://169.254.169.254/latest/meta-data/", "only machines closer to this one can reach"),
        ("file:///etc/passwd", "a file of this machine is not read"),
        ("http://[", "a redirect to a malformed URL"),
        ("ftp://logs.example.com/x", "has to begin with http"),
    ],
)
def test_a_redirect_leads_no_nearer_to_this_machine(
    location: str, why: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The server at hand stands for one that everybody can reach.
    monkeypatch.setattr(reach, "resolved", lambda host: ())
    monkeypatch.setattr(
        reach.Reach.__init__, "__defaults__", (lambda host: () if host == "127.0.0.1" else (host,),)
    )
    url = put(server, "/71/", apache("/71/", ["a.log", "b.log"]))
    server.put("/71/a.log", content(b"alpha\n"))
    server.put("/71/b.log", redirect(location))
    found = Read(url)
    assert {"a.log": b"alpha\n"} == found.texts
    assert why in found.left_out["b.log"]


def test_a_redirect_to_another_place_that_may_be_reached_is_followed(server: Server) -> None:
    url = put(server, "/71/", apache("/71/", ["a.log"]))
    server.put("/71/a.log", redirect(f"http://localhost:{server.server_port}/store/1"))
    server.put("/store/1", content(b"alpha\n"))
    found = Read(url)
    assert {"a.log": b"alpha\n"} == found.texts
    assert {"a.log": f"{url}a.log"} == found.sources


def test_redirects_that_go_round_end(server: Server) -> None:
    url = put(server, "/71/", apache("/71/", ["a.log"]))
    server.put("/71/a.log", redirect("/71/a.log"))
    assert "more than 5 redirects" in Read(url).left_out["a.log"]


@pytest.mark.parametrize("answer", [silent(b""), trickling(b"HTTP/1.1 200 OK\r\n", b"X-Wait: yes\r\n", 0.05)])
def test_a_server_that_keeps_us_waiting_is_given_up(
    answer: Answer, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    monkeypatch.setattr(web, "_FILES", replace(web._FILES, read_seconds=0.2, total_seconds=0.5))
    monkeypatch.setattr(fetching, "_MOST_AWAY", 2)
    url = put(server, "/71/", apache("/71/", [f"{number}.log" for number in range(60)]))
    for number in range(60):
        server.put(f"/71/{number}.log", answer)
    with open_trees() as reader:
        tree = reader.read(url)
    assert () == tree.files
    assert 60 == len(tree.left_out)


def test_after_some_failures_in_a_row_a_server_is_not_asked_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_MOST_AWAY", 3)
    monkeypatch.setattr(fetching, "CONNECTIONS", 1)
    names = [f"{number}.log" for number in range(30)]
    url = put(server, "/71/", apache("/71/", names))
    server.answers |= {f"/71/{name}": [raw(b"")] for name in names}
    found = Read(url)
    assert 30 == len(found.left_out)
    assert "not asked for: the server was away for 3 others" in found.left_out.values()
    assert len(server.requests) < 20


def test_a_tree_is_the_same_whichever_connection_is_the_fastest(server: Server) -> None:
    names = [f"{number:03}.log" for number in range(100)]
    url = put(server, "/71/", apache("/71/", names))
    server.answers |= {f"/71/{name}": [content(name.encode())] for name in names}
    trees = []
    for _ in range(2):
        found = Read(url)
        trees.append((list(found.texts.items()), found.tree.left_out))
        assert names == list(found.texts)
    assert trees[0] == trees[1]
    assert server.connections <= 2 * 2 * web.CONNECTIONS


def test_what_a_member_says_it_is_does_not_count(server: Server) -> None:
    url = put(server, "/71/", apache("/71/", ["a.log", "b.log", "c.log"]))
    server.put("/71/a.log", content(b"<html>not a list</html>", Content_Type="text/html"))
    server.put("/71/b.log", content(json.dumps({"tree": []}).encode(), Content_Type="application/json"))
    server.put("/71/c.log", content(b"alpha\n", Content_Type="image/png"))
    assert {"a.log", "b.log", "c.log"} == set(Read(url).texts)


READING = """
import sys
from log_classify.trees.reader import open_trees
with open_trees() as reader:
    reader.read(sys.argv[1])
"""


def test_a_process_that_is_interrupted_waits_for_no_server_and_leaves_nothing(
    server: Server, tmp_path: Path
) -> None:
    begun = threading.Event()

    def slow(handler: Handler) -> None:
        handler.begin(200, {"Content-Length": "1000"})
        handler.wfile.write(b"alpha")
        begun.set()
        handler.connection.recv(1)  # until the client goes away

    url = put(server, "/71/", apache("/71/", ["a.log"]))
    server.put("/71/a.log", slow)
    with subprocess.Popen(
        [sys.executable, "-c", READING, url],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stderr=subprocess.DEVNULL,
    ) as process:
        assert begun.wait(20)
        process.send_signal(signal.SIGINT)
        process.wait(5)
    assert [] == list(tmp_path.iterdir())


def test_lists_of_too_many_files_are_refused_before_one_is_fetched(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest, "_MOST", 3)
    url = put(server, "/71/", apache("/71/", ["a.log", "b.log", "c.log", "d.log"]))
    with pytest.raises(ConfigError, match="has more than 3 files; name a part of it"):
        Read(url)
    assert not [path for path in asked(server) if path.endswith(".log")]
