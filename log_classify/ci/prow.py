"""Prow: builds as its pods upload them to a bucket (`started.json`, `finished.json`, logs and artifacts).

A build's page is `…/view/gs/BUCKET/PATH`; gcsweb shows it as `…/gcs/BUCKET/PATH`. PATH is `logs/JOB/ID`, or for a pull
request `pr-logs/pull/ORG_REPO/NUMBER/JOB/ID`, with a note of each such build in `pr-logs/directory/JOB/ID.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

from log_classify.ci.bucket import Bucket
from log_classify.ci.build import PASSED, SPARE, Build, Wanted
from log_classify.ci.web import Connect, Web
from log_classify.trees.reader import TreeReader
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree
from log_processor.errors import JobError
from log_processor.fetch.answers import Answer

_PAGE = re.compile(
    r"(?P<pages>https?://[^?#]+?/(?:view/gs|view/gcs|gcs)/|https://storage\.googleapis\.com/|gs://)"
    r"(?P<bucket>[a-z0-9][a-z0-9._-]*)/(?P<path>[^?#]+)(?:[?#].*)?",
    re.ASCII,
)
_BUILD = re.compile(
    r"(?P<root>(?:[^/]+/)*?)(?:logs|pr-logs/pull/(?:batch|(?:[^/]+/)?(?P<number>\d+)))/(?P<job>[^/]+)/(?P<id>\d{1,19})",
    re.ASCII,
)
_NOTE = re.compile(r"gs://(?P<bucket>[^/]+)/(?P<path>\S+)")

_EPOCH = datetime(2010, 11, 4, 1, 42, 54, 657000, tzinfo=timezone.utc)
"""When ids of builds begin: they are milliseconds since then, and 22 bits that tell equal ones apart ("snowflakes")."""
_ID_BITS = 22
_SNOWFLAKES = 10**17
"""Ids below it are of Prow's counter, which came before; they say nothing about time."""
_SPAN = timedelta(days=30)
"""Before the build at hand; a model forgets older builds."""
_LOOKED_AT = 60
"""Builds asked for their result: a job that passed in none of so many has no baseline."""


class _Place(NamedTuple):
    """Where a build lies in its bucket."""

    path: str
    root: str
    job: str
    id: str
    number: str
    of_pull: bool


class Prow:
    """A job of Prow, in its bucket."""

    def __init__(self, web: Web, bucket: Bucket, name: str, pages: str, place: _Place) -> None:
        """Ask nothing yet; use `of_page`."""
        self._web = web
        self._bucket = bucket
        self._name = name
        self._pages = pages
        self._place = place

    @classmethod
    def of_page(cls, url: str, connect: Connect, storage: str) -> Prow | None:
        """Return the job that a build's page belongs to; None: it is no such page."""
        found = _PAGE.fullmatch(url)
        place = _place(found["path"].strip("/")) if found else None
        if not found or not place:
            return None
        pages = f"{storage}/" if found["pages"] == "gs://" else found["pages"]
        web = connect(storage, {})  # nothing is asked of the page's own server
        return cls(
            web, Bucket(web, storage, found["bucket"]), found["bucket"], f"{pages}{found['bucket']}/", place
        )

    def build(self) -> Build:
        """Return the build that the URL names."""
        started = Answer(self._web.json(self._bucket.url(f"{self._place.path}/started.json")))
        return self._build(self._place, started, self._finished(self._place))

    def builds(self, wanted: Wanted) -> Iterator[Build]:
        """Give builds of the job, those nearest in time first, until enough of them passed."""
        missing = wanted.count + SPARE
        for id_ in self._ids()[:_LOOKED_AT]:
            place = self._found(id_)
            if place is None:
                continue
            finished = self._finished(place)
            passed = _result(finished) == PASSED
            started = self._answer(f"{place.path}/started.json") if passed else Answer(None)
            yield self._build(place, started, finished)
            missing -= passed
            if not missing:
                return

    def read(self, build: Build, reader: TreeReader, selection: Selection, scratch: Path) -> Tree:
        """Fetch the logs of a build."""
        del scratch
        tree = reader.read(self._bucket.everything(f"{build.logs}/"), selection, url=build.url)
        files = tuple(replace(file, source=self._bucket.openable(file.source)) for file in tree.files)
        return replace(tree, name=build.url, files=files)

    def _ids(self) -> list[str]:
        """Return the ids of other builds of the job, those nearest in time first."""
        own = self._place
        at = int(own.id)
        first = ""
        if at > _SNOWFLAKES:
            first = str(max(at - (int(_SPAN.total_seconds() * 1000) << _ID_BITS), _SNOWFLAKES))
        if own.of_pull:
            folder = f"{own.root}pr-logs/directory/{own.job}/"
            listed = self._bucket.list(folder, folder + first)
            found = [name[len(folder) :].removesuffix(".txt") for name in listed.names]
        else:
            folder = own.path.removesuffix(own.id)
            listed = self._bucket.list(folder, folder + first)
            found = [name[len(folder) :].rstrip("/") for name in listed.folders]
        ids = [id_ for id_ in found if re.fullmatch(r"[0-9]{1,19}", id_) and id_ != own.id]
        return sorted(ids, key=lambda id_: (abs(int(id_) - at), int(id_)))

    def _found(self, id_: str) -> _Place | None:
        """Return where a build of the job lies; of a pull request's, a note says it."""
        own = self._place
        if not own.of_pull:
            return _place(own.path.removesuffix(own.id) + id_)
        try:
            text = self._web.document(self._bucket.url(f"{own.root}pr-logs/directory/{own.job}/{id_}.txt"))
        except JobError:
            return None
        note = _NOTE.fullmatch(text.decode("utf-8", "replace").strip())
        place = _place(note["path"].strip("/")) if note and note["bucket"] == self._name else None
        return place if place and (place.job, place.id) == (own.job, id_) else None

    def _finished(self, place: _Place) -> Answer:
        return self._answer(f"{place.path}/finished.json")

    def _answer(self, name: str) -> Answer:
        """Return a document of a build; of one that is not there, as while a build runs, an empty one."""
        try:
            return Answer(self._web.json(self._bucket.url(name)))
        except JobError:
            return Answer(None)

    def _build(self, place: _Place, started: Answer, finished: Answer) -> Build:
        repos = started.object("repos")
        project = next(repos.names(), "")
        return Build(
            id=place.id,
            url=self._pages + place.path,
            job=place.job,
            project=project,
            branch=repos.text(project).partition(":")[0],
            change=place.number,
            merged=not place.number,
            result=_result(finished),
            ended=finished.time("timestamp") or _begun(place.id),
            logs=place.path,
        )


def _place(path: str) -> _Place | None:
    found = _BUILD.fullmatch(path)
    if not found:
        return None
    of_pull = "pr-logs/pull/" in path
    return _Place(path, found["root"], found["job"], found["id"], found["number"] or "", of_pull)


def _result(finished: Answer) -> str:
    return finished.text("result") or (PASSED if finished.flag("passed", default=False) else "")


def _begun(id_: str) -> datetime | None:
    """Return when a build was asked for; its id says so."""
    if int(id_) < _SNOWFLAKES:
        return None
    return _EPOCH + timedelta(milliseconds=int(id_) >> _ID_BITS)
