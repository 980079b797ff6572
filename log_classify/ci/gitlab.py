"""GitLab CI: jobs, by the REST API. A job's page is `…/GROUP/PROJECT/-/jobs/ID`; its log is one file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import quote, urlencode

from log_classify.ci import tokens
from log_classify.ci.build import PASSED, Build, Wanted
from log_classify.ci.web import Connect, Web
from log_classify.trees.reader import TreeReader
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree
from log_processor.errors import JobError, Outcome
from log_processor.fetch.answers import Answer, objects

_PAGE = re.compile(
    r"(?P<server>https?://[^/?#]+)/(?P<project>[\w.-]+(?:/[\w.-]+)+)/-/jobs/(?P<job>\d{1,19})"
    r"(?:/raw)?/?(?:[?#].*)?",
    re.ASCII,
)
_MERGE_REQUEST = re.compile(r"refs/merge-requests/(\d+)/(?:head|merge|train)")
_PAGES = 5
_PAGE_SIZE = 100
"""Jobs asked for at once, the most that GitLab gives. It lists jobs of all names, so a few pages may be needed."""
_PASSED = "success"


class GitLab:
    """A project on GitLab."""

    def __init__(self, web: Web, server: str, project: str, job: str) -> None:
        """Ask nothing yet; use `of_page`."""
        self._web = web
        self._job = job
        self._project = project
        self._pages = f"{server}/{project}/-/jobs"
        self._api = f"{server}/api/v4/projects/{quote(project, safe='')}/jobs"

    @classmethod
    def of_page(cls, url: str, connect: Connect, environment: Mapping[str, str]) -> GitLab | None:
        """Return the project that a job's page belongs to; None: it is no such page."""
        found = _PAGE.fullmatch(url)
        if not found:
            return None
        return cls(
            connect(found["server"], tokens.gitlab(environment)),
            found["server"],
            found["project"],
            found["job"],
        )

    def build(self) -> Build:
        """Return the job that the URL names."""
        job = Answer(self._web.json(f"{self._api}/{self._job}"))
        if job.text("id") != self._job or not job.text("name"):
            raise JobError(f"{self._api}/{self._job}: the answer is no job of GitLab", Outcome.FETCH_FAILED)
        return self._build(job)

    def builds(self, wanted: Wanted) -> Iterator[Build]:
        """Give passed jobs of the name."""
        for number in range(1, _PAGES + 1):
            query = {"scope[]": _PASSED, "per_page": str(_PAGE_SIZE), "page": str(number)}
            page = list(objects(self._web.json(f"{self._api}?{urlencode(query)}")))
            yield from (self._build(job) for job in page if job.text("name") == wanted.job)
            if len(page) < _PAGE_SIZE:
                return

    def read(self, build: Build, reader: TreeReader, selection: Selection, scratch: Path) -> Tree:
        """Fetch the log of a job."""
        file = Path(mkdtemp(dir=scratch)) / "job.log"
        self._web.download(build.logs, file)
        tree = reader.read(str(file), selection, url=build.url)
        return replace(
            tree, name=build.url, files=tuple(replace(each, source=build.url) for each in tree.files)
        )

    def _build(self, job: Answer) -> Build:
        id_ = job.text("id")
        ref = job.text("ref")
        request = _MERGE_REQUEST.fullmatch(ref)
        status = job.text("status")
        return Build(
            id=id_,
            url=f"{self._pages}/{quote(id_, safe='')}",
            job=job.text("name"),
            project=self._project,
            branch="" if request else ref,
            pipeline=job.object("pipeline").text("source"),
            change=f"!{request[1]}" if request else "",
            merged=not request,
            voting=not job.flag("allow_failure", default=False),
            result=PASSED if status == _PASSED else status.upper(),
            ended=job.time("finished_at", "created_at"),
            logs=f"{self._api}/{quote(id_, safe='')}/trace" if id_ else "",
        )
