"""Recognises what a web server sent: a list of files, and of which format, or something else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from urllib.parse import quote, urljoin

from log_classify.trees.bucket_list import google_list, s3_list, swift_list
from log_classify.trees.index_page import index_page
from log_classify.trees.listing import Entry, Listing
from log_classify.trees.member import safe_path
from log_processor.fetch.allow import parse
from log_processor.fetch.answers import Answer, objects

MANIFEST = "zuul-manifest.json"
"""What Zuul's jobs upload with their logs: all of them in one list."""

LONGEST = 32 * 1024**2
"""Bytes; a list of 100,000 files has ten million."""

_START = 1024


def listing(url: str, chunks: Iterator[bytes]) -> Listing | None:
    """Return what a list of files says; None for data that are no such list.

    Args:
        url: where they were found.
        chunks: the data, without compression; no more are taken than are needed, or than a list can have.
    """
    first = next(chunks, b"")
    start = first[:_START].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start.startswith((b"<", b"{", b"[")):
        return None
    data = bytearray()
    for chunk in chain([first], chunks):
        data += chunk
        if len(data) > LONGEST:
            return None
    if start.startswith(b"<"):
        return s3_list(url, bytes(data)) or index_page(url, data.decode("utf-8", "replace"))
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return _json_list(url, document)


def _json_list(url: str, document: object) -> Listing | None:
    answer, page = Answer(document), parse(url)
    names = set(answer.names())
    if "tree" in names:
        return _manifest(url, answer)
    if "artifacts" in names:
        return _artifacts(url, answer)
    if answer.text("kind") == "storage#objects":
        return google_list(url, answer)
    if not isinstance(document, list):
        return None
    if "format=json" in page.query:
        return swift_list(url, document)
    return _folder(url, document) if page.path.endswith("/") else None  # a log may be a list, too


def _manifest(url: str, answer: Answer) -> Listing:
    entries = {}
    waiting = [("", answer.list("tree"))]
    while waiting:
        above, children = waiting.pop()
        for child in children:
            name = above + child.text("name")
            if "children" in child.names():
                waiting.append((f"{name}/", child.list("children")))
            elif path := safe_path(name):
                entries[path] = Entry(path, urljoin(url, quote(f"./{path}")))
    return Listing(tuple(entries.values()))


def _artifacts(url: str, answer: Answer) -> Listing | None:
    """Read what Zuul's API says of a build: each artifact has a name for people, and a URL."""
    entries = {}
    for artifact in answer.list("artifacts"):
        path = safe_path(artifact.text("name"))
        with suppress(ValueError):  # it is no URL
            if path and (target := urljoin(url, artifact.text("url"))) != url:
                path += "/" * target.endswith("/")
                entries[path] = Entry(path, target)
    return Listing(tuple(entries.values())) if entries else None


def _folder(url: str, document: object) -> Listing:
    """Read the list that nginx makes of a folder, or Caddy."""
    entries = {}
    for child in objects(document):
        if path := safe_path(child.text("name")):
            folder = child.text("type") == "directory" or child.flag("is_dir", default=False)
            entries[path] = Entry(path + "/" * folder, urljoin(url, quote(f"./{path}") + "/" * folder))
    return Listing(tuple(entries.values()))
