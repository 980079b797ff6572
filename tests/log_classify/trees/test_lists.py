"""What lists of files on web servers say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from log_classify.trees import lists
from log_classify.trees.listing import Listing
from log_classify.trees.lists import listing
from tests.log_classify.trees.pages import Page, apache, gcsweb, manifest, nginx, s3, zuul

ROOT = "https://logs.example.com/71/build/"
NAMES = ["a.log", "b%20c.log", "sub/"]
FOUND = {"a.log": f"{ROOT}a.log", "b c.log": f"{ROOT}b%20c.log", "sub/": f"{ROOT}sub/"}


def said(url: str, data: bytes) -> dict[str, str] | None:
    found = listing(url, iter([data]))
    return None if found is None else dict(found.entries)


@pytest.mark.parametrize("page", [apache, nginx])
@pytest.mark.parametrize("url", [ROOT, f"{ROOT}index.html", f"{ROOT}?C=M;O=A"])
def test_an_index_page_lists_what_is_below_it(page: Page, url: str) -> None:
    assert FOUND == said(url, page("/71/build/", NAMES))


def test_a_page_of_python_lists_what_is_below_it() -> None:
    page = (
        b'<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Directory listing for /71/build/'
        b"</title>\n</head>\n<body>\n<h1>Directory listing for /71/build/</h1>\n<hr>\n<ul>\n"
        b'<li><a href="a.log">a.log</a></li>\n<li><a href="b%20c.log">b c.log</a></li>\n<li><a href="sub/">sub/</a>'
        b"</li>\n</ul>\n<hr>\n</body>\n</html>\n"
    )
    assert FOUND == said(ROOT, page)


def test_folders_that_link_to_their_page_are_folders() -> None:
    assert {**FOUND, "sub/": f"{ROOT}sub/index.html"} == said(f"{ROOT}index.html", zuul("71/build", NAMES))


@pytest.mark.parametrize("storage", ["https://storage.googleapis.com", "https://gcsweb.example.com"])
def test_gcsweb_leads_to_the_bucket_itself(storage: str) -> None:
    url = "https://gcsweb.example.com/gcs/ci/logs/job/1/"
    files = {"build-log.txt": f"{storage}/ci/logs/job/1/build-log.txt"}
    page = gcsweb("ci", "logs/job/1/", ["artifacts/"], files, more="logs/job/1/m")
    found = listing(url, iter([page]))
    assert found is not None
    assert {"artifacts/": f"{url}artifacts/", **files} == dict(found.entries)
    assert f"{url}?marker=logs/job/1/m" == found.more
    assert {"artifacts/": f"{url}artifacts/"} == said(
        url, page.replace(storage.encode() + b"/", b"https://evil.example/")
    )


@pytest.mark.parametrize(
    "href",
    [
        "../",
        "/",
        "/71/",
        "/71/build/",
        "https://other.example.com/71/build/x.log",
        "http://logs.example.com/71/build/x.log",
        "https://logs.example.com:8443/71/build/x.log",
        "//other.example.com/71/build/x",
        "/71/building/x.log",
        "../../etc/passwd",
        "%2e%2e/x.log",
        "..%2fx.log",
        "..%5cx.log",
        "?C=N;O=D",
        "x.log?download=1",
        "#top",
        "mailto:a@example.com",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://user:word@logs.example.com/71/build/x.log",
        "https://[/x",
        "index.html",
        "./",
        "",
    ],
)
def test_links_that_lead_elsewhere_are_not_followed(href: str) -> None:
    assert {"a.log": f"{ROOT}a.log"} == said(ROOT, apache("/71/build/", [href, "a.log"]))


def test_links_that_are_absolute_and_below_are_followed() -> None:
    names = [
        "/71/build/x.log",
        "https://logs.example.com/71/build/y.log",
        "./z.log",
        "sub/../w.log",
        "d/e/f.log",
    ]
    found = said(ROOT, apache("/71/build/", names))
    assert found is not None
    assert ["x.log", "y.log", "z.log", "w.log", "d/e/f.log"] == list(found)


def test_a_page_is_a_list_by_its_title_or_because_a_folder_has_files() -> None:
    assert {} == said(f"{ROOT}x", apache("/71/", []))
    assert said(ROOT, b"<html><body>Nothing here</body></html>") is None
    assert {"a.log": f"{ROOT}a.log"} == said(ROOT, b"<html><body><a href=a.log>log</a></body></html>")
    assert said(f"{ROOT}console.html", b'<html><body><a href="x">log</a></body></html>') is None


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://bucket.s3.example.com/?list-type=2&prefix=p/1/", "https://bucket.s3.example.com"),
        ("https://s3.example.com/bucket?prefix=p/1/x", "https://s3.example.com/bucket"),
    ],
)
def test_a_bucket_of_s3_lists_keys_below_a_prefix(url: str, root: str) -> None:
    data = s3(["p/1/", "p/1/a.log", "p/1/sub/b &amp; c.log"], prefixes=["p/1/deep/"])
    found = said(url, data)
    assert found is not None
    deep = found.pop("deep/")
    assert {"a.log": f"{root}/p/1/a.log", "sub/b & c.log": f"{root}/p/1/sub/b%20%26%20c.log"} == found
    assert deep.startswith(root)
    assert "prefix=p%2F1%2Fdeep%2F" in deep


@pytest.mark.parametrize(
    ("data", "more"),
    [
        (s3(["p/a"], token="t/+"), "continuation-token=t%2F%2B"),
        (s3(["p/a"], marker="p/a"), "marker=p%2Fa"),
        (s3(["p/a", "p/b"], truncated=True), "marker=p%2Fb"),
        (s3(["p/a"]), None),
        (s3([], truncated=True), None),
    ],
)
def test_a_bucket_of_s3_goes_on_where_it_says(data: bytes, more: str | None) -> None:
    found = listing("https://s3.example.com/b?prefix=p%2F&marker=old", iter([data]))
    assert found is not None
    assert (None if more is None else f"https://s3.example.com/b?prefix=p%2F&{more}") == found.more


def test_a_bucket_with_entities_is_no_list() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    assert said(ROOT, bomb + s3(["p/&b;"]).partition(b"?>")[2]) is None


@pytest.mark.parametrize(
    "data", [s3(["a"])[:-30], b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"]
)
def test_other_xml_is_no_list(data: bytes) -> None:
    assert said("https://s3.example.com/b?prefix=", data) is None


def test_a_bucket_of_google_lists_names() -> None:
    url = "https://storage.googleapis.com/storage/v1/b/ci/o?prefix=logs/1/&delimiter=/"
    document = {
        "kind": "storage#objects",
        "items": [{"name": "logs/1/build-log.txt"}, {"name": "logs/1/a/b c.log"}, {"name": 7}, None],
        "prefixes": ["logs/1/artifacts/"],
        "nextPageToken": "t1",
    }
    found = listing(url, iter([json.dumps(document).encode()]))
    assert found is not None
    root = "https://storage.googleapis.com/storage/v1/b/ci/o"
    assert {
        "build-log.txt": f"{root}/logs%2F1%2Fbuild-log.txt?alt=media",
        "a/b c.log": f"{root}/logs%2F1%2Fa%2Fb%20c.log?alt=media",
        "artifacts/": f"{root}?prefix=logs%2F1%2Fartifacts%2F&delimiter=%2F",
    } == {path: url for path, url in found.entries if path != "7"}
    assert f"{root}?prefix=logs%2F1%2F&delimiter=%2F&pageToken=t1" == found.more


def test_a_container_of_swift_lists_names() -> None:
    url = "https://swift.example.com/v1/AUTH_ci/logs?format=json&prefix=71/"
    document = [{"name": "71/a.log", "bytes": 3}, {"subdir": "71/sub/"}, {"name": "71/"}]
    assert {
        "a.log": "https://swift.example.com/v1/AUTH_ci/logs/71/a.log",
        "sub/": "https://swift.example.com/v1/AUTH_ci/logs?format=json&prefix=71%2Fsub%2F",
    } == said(url, json.dumps(document).encode())


def test_a_full_page_of_swift_goes_on_behind_its_last_name() -> None:
    document = [{"name": f"{number:05}"} for number in range(10_000)]
    found = listing("https://swift.example.com/c?format=json", iter([json.dumps(document).encode()]))
    assert found is not None
    assert "https://swift.example.com/c?format=json&marker=09999" == found.more


def test_folders_as_json_are_lists_where_folders_are() -> None:
    document = [
        {"name": "a.log", "type": "file"},
        {"name": "s", "type": "directory"},
        {"name": "c", "is_dir": True},
    ]
    data = json.dumps(document).encode()
    assert {"a.log": f"{ROOT}a.log", "s/": f"{ROOT}s/", "c/": f"{ROOT}c/"} == said(ROOT, data)
    assert said(f"{ROOT}events.json", data) is None


def test_a_manifest_lists_all_folders_at_once() -> None:
    data = manifest({"job-output.txt": 1, "controller": {"logs": {"n cpu.txt": 1}, "empty": {}}, "../x": 1})
    assert {
        "job-output.txt": f"{ROOT}job-output.txt",
        "controller/logs/n cpu.txt": f"{ROOT}controller/logs/n%20cpu.txt",
        "x": f"{ROOT}x",
    } == said(f"{ROOT}zuul-manifest.json", data)


def test_artifacts_of_a_build_are_a_list() -> None:
    document = {
        "artifacts": [
            {"name": "Test log", "url": "https://x.example/t.log"},
            {"name": "docs", "url": "d/"},
            {},
            {"name": "x", "url": "http://["},
            {"name": "y"},
        ]
    }
    assert {"Test log": "https://x.example/t.log", "docs/": f"{ROOT}d/"} == said(
        ROOT, json.dumps(document).encode()
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain text\n",
        b"[1] started\n",
        b"{",
        b"{}",
        b"[]x",
        b'{"tree',
        b'{"artifacts": []}',
        b"[" * 100_000,
        b"\xff\xfe<html>",
        b'{"level": "info", "name": "x"}\n{"level": "error"}\n',
    ],
)
def test_a_log_is_no_list(data: bytes) -> None:
    assert said(f"{ROOT}a.log", data) is None


def test_of_a_long_log_no_more_is_read_than_a_list_can_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "LONGEST", 1000)
    taken: list[bytes] = []
    for first, expected in ((b"{" * 400, 3), (b"text" * 100, 1)):
        taken.clear()
        chunks = iter([first] * 100)
        assert listing(ROOT, (taken.append(chunk) or chunk for chunk in chunks)) is None  # type: ignore[func-returns-value] # counted by the way
        assert expected == len(taken)


@given(
    st.binary(max_size=300),
    st.sampled_from([b"<", b"{", b"[", b"<ListBucketResult>", b'{"tree": ', b"<a href="]),
)
def test_no_bytes_raise(noise: bytes, start: bytes) -> None:
    found = listing(ROOT, iter([start + noise]))
    assert found is None or isinstance(found, Listing)


@settings(max_examples=30)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "tree",
                        "name",
                        "children",
                        "artifacts",
                        "url",
                        "kind",
                        "items",
                        "prefixes",
                        "subdir",
                        "type",
                    ]
                ),
                inner,
            )
        ),
    )
)
def test_no_json_raises(document: object) -> None:
    for url in (ROOT, f"{ROOT}?format=json"):
        found = listing(url, iter([json.dumps(document).encode()]))
        assert found is None or all(".." not in path.split("/") for path, _ in found.entries)
