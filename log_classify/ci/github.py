"""GitHub Actions: runs of a workflow, and single jobs of runs, by the REST API; its log downloads want a token.

A run's page is `…/OWNER/REPO/actions/runs/RUN`, with `/attempts/N` behind it for an earlier attempt and `/job/JOB`
for one of its jobs. The API of GitHub Enterprise Server is below `/api/v3` of its host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple
from urllib.parse import quote, urlencode
from zipfile import ZipFile

from log_classify.ci import tokens
from log_classify.ci.build import PASSED, SPARE, Build, Wanted
from log_classify.ci.web import Connect, Web
from log_classify.report.model import LeftOut
from log_classify.trees.reader import TreeReader
from log_classify.trees.scratch import room
from log_classify.trees.selection import Selection
from log_classify.trees.tree import Tree
from log_processor.errors import JobError, Outcome
from log_processor.fetch.allow import parse
from log_processor.fetch.answers import Answer

_PAGE = re.compile(
    r"(?P<server>https?://[^/?#]+)/(?P<owner>[\w.-]+)/(?P<repo>[\w.-]+)/actions/runs/(?P<run>\d{1,19})"
    r"(?:/attempts/(?P<attempt>\d{1,9}))?(?:/jobs?/(?P<job>\d{1,19}))?/?(?:[?#].*)?",
    re.ASCII,
)
_CUT = re.compile(r"[/:]")
_LONGEST_NAME = 90
"""What GitHub does to a job's name in an archive: these characters go, and what is longer is cut."""
_WHOLE_JOB = re.compile(r"-?\d+_([^/]+)\.txt")
_PUBLIC = "https://github.com"
_PAGE_SIZE = 50
"""Runs asked for at once, each described in some kilobytes."""
_JOBS_SIZE = 100  # of one run; the API gives no more at once
_JOBS_PAGES = 10
"""A matrix has up to 256 jobs, and a run a few of them."""
_PASSED = "success"
_ENDED = "completed"
_JOBS = "jobs"


class _Page(NamedTuple):
    """What a page's URL names."""

    repository: str
    run: str
    attempt: str
    job: str


class GitHub:
    """A repository on GitHub."""

    def __init__(self, web: Web, server: str, api: str, page: _Page, *, signed_in: bool) -> None:
        """Ask nothing yet; use `of_page`."""
        self._web = web
        self._signed_in = signed_in
        self._page = page
        self._pages = f"{server}/{page.repository}/actions/runs"
        self._api = f"{api}/repos/{page.repository}/actions"
        self._job_name = ""
        self._workflow = ""

    @classmethod
    def of_page(cls, url: str, connect: Connect, environment: Mapping[str, str]) -> GitHub | None:
        """Return the repository that a run's page belongs to; None: it is no such page."""
        found = _PAGE.fullmatch(url)
        if not found:
            return None
        page = _Page(
            f"{found['owner']}/{found['repo']}", found["run"], found["attempt"] or "", found["job"] or ""
        )
        authorization = tokens.github(environment)
        api = _api(found["server"], environment)
        web = connect(api, authorization)
        return cls(web, found["server"], api, page, signed_in=parse(api).origin in authorization)

    def build(self) -> Build:
        """Return the run, or the job of a run, that the URL names."""
        page = self._page
        attempt = f"/attempts/{page.attempt}" if page.attempt else ""
        run = Answer(self._web.json(f"{self._api}/runs/{page.run}{attempt}"))
        if run.text("id") != page.run:
            raise JobError(
                f"{self._pages}/{page.run}: the answer is no run of a workflow", Outcome.FETCH_FAILED
            )
        self._workflow = run.text("workflow_id")
        if not page.job:
            # The archive of a run is made when it has ended, and a job of it may be what asks.
            logs = "logs" if run.text("status") in {"", _ENDED} else _JOBS
            return replace(self._run(run), logs=f"{self._api}/runs/{page.run}{attempt}/{logs}")
        job = Answer(self._web.json(f"{self._api}/jobs/{page.job}"))
        self._job_name = job.text("name")
        if job.text("id") != page.job or not self._job_name:
            raise JobError(f"{self._api}/jobs/{page.job}: the answer is no job", Outcome.FETCH_FAILED)
        build = self._run(run)
        return replace(
            build,
            id=f"{build.id}.{page.job}",
            url=f"{self._pages}/{page.run}/job/{page.job}",
            result=_result(job),
            ended=job.time("completed_at", "started_at"),
            logs=f"{self._api}/jobs/{page.job}/logs",
        )

    def builds(self, wanted: Wanted) -> Iterator[Build]:
        """Give passed runs of the workflow: those on the branch, and if they are few, those anywhere."""
        for branch in (wanted.branch, "") if wanted.branch else ("",):
            query = {"status": _PASSED, "per_page": str(_PAGE_SIZE)} | ({"branch": branch} if branch else {})
            url = f"{self._api}/workflows/{quote(self._workflow, safe='')}/runs?{urlencode(query)}"
            runs = [self._run(run) for run in Answer(self._web.json(url)).list("workflow_runs")]
            # The run that a job is of has another id than the job, and would have it compared with itself.
            found = [run for run in runs if not (self._job_name and run.id == self._page.run)]
            yield from found
            if len(found) >= wanted.count + SPARE:
                return

    def read(self, build: Build, reader: TreeReader, selection: Selection, scratch: Path) -> Tree:
        """Fetch the logs of a run, which come as a zip archive, or those of a job, which are one file."""
        folder = Path(mkdtemp(dir=scratch))
        file = folder / ("job.log" if self._job_name else "run.zip")
        lost: list[LeftOut] = []
        remarks: tuple[str, ...] = ()
        if self._job_name:
            own = build.logs.startswith(f"{self._api}/jobs/")
            self._download(build.logs if own else self._job_logs(build), file)
        elif build.logs.endswith(f"/{_JOBS}"):
            lost = self._pack(build.logs, file)
            remarks = ("the run goes on: only jobs that have ended are read",)
        else:
            self._download(build.logs, file)
        tree = reader.read(str(file), selection, url=build.url)
        files = tuple(replace(each, source=build.url) for each in tree.files)
        left_out = (*tree.left_out, *lost)
        return _by_job(
            replace(tree, name=build.url, files=files, left_out=left_out, remarks=(*tree.remarks, *remarks))
        )

    def _download(self, url: str, file: Path) -> None:
        try:
            self._web.download(url, file)
        except JobError as error:
            if self._signed_in:
                raise
            raise JobError(
                f"{error}; GitHub gives logs to those who are signed in: set GITHUB_TOKEN", error.outcome
            ) from None

    def _pack(self, jobs: str, file: Path) -> list[LeftOut]:
        """Make the archive that a run will have, of those jobs that have ended; return those that have no log."""
        lost = []
        log = file.with_name("job.log")
        with room(file.parent), ZipFile(file, "w") as archive:
            for number, job in enumerate(self._jobs(jobs)):
                name = _CUT.sub("", job.text("name"))[:_LONGEST_NAME]
                try:
                    if job.text("status") == _ENDED and job.text("conclusion") != "skipped":
                        self._download(self._log_of(job), log)
                        archive.write(log, f"{number}_{name}.txt")
                except JobError as error:
                    if error.outcome is not Outcome.NOT_FOUND:
                        raise
                    lost.append(LeftOut(f"{name}.txt", str(error)))
        return lost

    def _job_logs(self, build: Build) -> str:
        """Return where the logs of the job of our name in another run are."""
        for job in self._jobs(f"{self._api}/runs/{build.id}/{_JOBS}"):
            if job.text("name") == self._job_name and _result(job) == PASSED:
                return self._log_of(job)
        raise JobError(f"{build.url}: has no passed job {self._job_name}", Outcome.NOT_FOUND)

    def _jobs(self, url: str) -> Iterator[Answer]:
        for number in range(1, _JOBS_PAGES + 1):
            query = {"per_page": str(_JOBS_SIZE), "page": str(number)}
            page = list(Answer(self._web.json(f"{url}?{urlencode(query)}")).list("jobs"))
            yield from page
            if len(page) < _JOBS_SIZE:
                return

    def _log_of(self, job: Answer) -> str:
        return f"{self._api}/jobs/{quote(job.text('id'), safe='')}/logs"

    def _run(self, run: Answer) -> Build:
        pull = next(run.list("pull_requests"), Answer(None))
        proposed = run.text("event").startswith("pull_request")
        # Of a pull request from a fork GitHub names no number here; its branch there is as good a name.
        fork = f"{run.object('head_repository').text('full_name')}:{run.text('head_branch')}"
        id_ = run.text("id")
        workflow = run.text("name", "path")
        return Build(
            id=id_,
            url=f"{self._pages}/{quote(id_, safe='')}",
            job=f"{workflow}/{self._job_name}" if self._job_name else workflow,
            project=self._page.repository,
            branch=pull.object("base").text("ref") if proposed else run.text("head_branch"),
            pipeline=run.text("event"),
            change=(pull.text("number") or fork) if proposed else "",
            merged=not proposed,
            result=_result(run),
            ended=run.time("updated_at", "run_started_at", "created_at"),
            logs=f"{self._api}/runs/{quote(id_, safe='')}/logs" if id_ else "",
        )


def _by_job(tree: Tree) -> Tree:
    """Keep of each job the one file that has all of it, named as the job is; its steps have the same lines again."""
    whole = {file.path: found[1] for file in tree.files if (found := _WHOLE_JOB.fullmatch(file.path))}
    jobs = set(whole.values())
    if len(jobs) < len(whole):
        return tree  # two of a name: which is which, nobody knows
    files, steps = [], []
    for file in tree.files:
        job = whole.get(file.path)
        if job is not None:
            files.append(replace(file, path=f"{job}.txt"))
        elif file.path.partition("/")[0] in jobs:
            steps.append(
                LeftOut(file.path, f"a step; all of the job is in {file.path.partition('/')[0]}.txt")
            )
        else:
            files.append(file)
    files.sort(key=attrgetter("path"))
    return replace(tree, files=tuple(files), left_out=(*tree.left_out, *steps))


def _result(answer: Answer) -> str:
    conclusion = answer.text("conclusion")
    return PASSED if conclusion == _PASSED else conclusion.upper()


def _api(server: str, environment: Mapping[str, str]) -> str:
    """Return the URL of the API of a server, by what GitHub sets in its own jobs where that is about this server."""
    known, api = environment.get("GITHUB_SERVER_URL") or _PUBLIC, environment.get("GITHUB_API_URL")
    origin = parse(server).origin
    if api and origin == tokens.address_of(known, "GITHUB_SERVER_URL").origin:
        return str(tokens.address_of(api, "GITHUB_API_URL")).rstrip("/")
    return tokens.GITHUB_API if origin == _PUBLIC else f"{origin}/api/v3"
