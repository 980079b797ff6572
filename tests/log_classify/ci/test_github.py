from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from log_classify.ci.build import Build, Wanted
from log_classify.ci.github import GitHub
from log_classify.ci.web import Connect
from log_processor.errors import FetchUnavailable, JobError
from tests.httpserver import Server, content, redirect, serving, status
from tests.log_classify.ci.recorded import Read, by_query, github_job, github_run, json_answer

REPOSITORY = "octo-org/octo-repo"
API = f"/api/v3/repos/{REPOSITORY}/actions"
RUN = 30433642
FORK = {"event": "pull_request", "head_branch": "fix", "head_repository": {"full_name": "someone/octo-repo"}}


@pytest.fixture
def storage() -> Iterator[Server]:
    """Another server, where logs lie."""
    with serving() as running:
        yield running


def github(server: Server, connect: Connect, rest: str = "", token: str = "") -> GitHub:
    environment = {"GITHUB_TOKEN": token, "GITHUB_API_URL": server.url("/api/v3")} if token else {}
    found = GitHub.of_page(server.url(f"/{REPOSITORY}/actions/runs/{RUN}{rest}"), connect, environment)
    assert found
    return found


def archive(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def test_a_run_is_read(server: Server, connect: Connect) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN, conclusion="failure")))
    found = github(server, connect).build()
    assert ("CI", REPOSITORY, "main", "push") == (found.job, found.project, found.branch, found.pipeline)
    assert ("", True, "FAILURE", str(RUN)) == (found.change, found.merged, found.result, found.id)
    assert server.url(f"/{REPOSITORY}/actions/runs/{RUN}") == found.url


@pytest.mark.parametrize(
    ("more", "branch", "change"),
    [
        ({"event": "pull_request", "pull_requests": [{"number": 7, "base": {"ref": "main"}}]}, "main", "7"),
        (FORK, "", "someone/octo-repo:fix"),
        (
            {"event": "pull_request_target"} | {k: v for k, v in FORK.items() if k != "event"},
            "",
            "someone/octo-repo:fix",
        ),
    ],
)
def test_a_run_of_a_pull_request_is_for_the_branch_that_it_goes_to(
    more: dict[str, Any], branch: str, change: str, server: Server, connect: Connect
) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN, **more)))
    found = github(server, connect).build()
    assert (branch, change, False) == (found.branch, found.change, found.merged)


def test_an_earlier_attempt_is_read(server: Server, connect: Connect) -> None:
    server.put(f"{API}/runs/{RUN}/attempts/2", json_answer(github_run(RUN, run_attempt=2)))
    assert (
        server.url(f"{API}/runs/{RUN}/attempts/2/logs") == github(server, connect, "/attempts/2").build().logs
    )


def test_passed_runs_of_the_workflow_are_found(server: Server, connect: Connect) -> None:
    asked: list[dict[str, str]] = []

    def answer(query: dict[str, str]) -> object:
        asked.append(query)
        return {"total_count": 1, "workflow_runs": [github_run(1 if "branch" in query else 2)]}

    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN, conclusion="failure")))
    server.put(f"{API}/workflows/159038/runs", by_query(answer))
    system = github(server, connect)
    wanted = Wanted.like(system.build(), 3)
    assert Wanted("CI", REPOSITORY, "main") == wanted
    assert ["1", "2"] == [build.id for build in system.builds(wanted)]
    assert [
        {"status": "success", "per_page": "50", "branch": "main"},
        {"status": "success", "per_page": "50"},
    ] == asked


@pytest.mark.parametrize("rest", ["/job/399444496", "/jobs/399444496", "/attempts/1/job/399444496?pr=3"])
def test_a_job_of_a_run_is_read(rest: str, server: Server, connect: Connect) -> None:
    for path in (f"{API}/runs/{RUN}", f"{API}/runs/{RUN}/attempts/1"):
        server.put(path, json_answer(github_run(RUN, conclusion="failure")))
    server.put(f"{API}/jobs/399444496", json_answer(github_job(399444496, RUN, conclusion="failure")))
    found = github(server, connect, rest).build()
    assert ("CI/test (3.11)", f"{RUN}.399444496", "FAILURE") == (found.job, found.id, found.result)
    assert server.url(f"/{REPOSITORY}/actions/runs/{RUN}/job/399444496") == found.url


@pytest.mark.parametrize("answer", [[], {}, {"id": 3}, {"id": str(RUN) + "0"}])
def test_what_is_no_run_is_named(answer: object, server: Server, connect: Connect) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(answer))
    with pytest.raises(JobError, match=f"actions/runs/{RUN}: the answer is no run of a workflow"):
        github(server, connect).build()


@pytest.mark.parametrize("answer", [[], {"id": 399444496}, {"name": "test"}])
def test_what_is_no_job_is_named(answer: object, server: Server, connect: Connect) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN)))
    server.put(f"{API}/jobs/399444496", json_answer(answer))
    with pytest.raises(JobError, match="jobs/399444496: the answer is no job"):
        github(server, connect, "/job/399444496").build()


def test_the_logs_of_a_run_are_an_archive_elsewhere_that_gets_no_token(
    server: Server, storage: Server, connect: Connect, read: Read
) -> None:
    logs = archive(**{"0_build.txt": b"all is well\n", "build/1_Set up job.txt": b"all is\n"})
    location = storage.put("/logs.zip", content(logs)) + "?sig=abc"
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN)))
    server.put(f"{API}/runs/{RUN}/logs", redirect(location))
    system = github(server, connect, token="ghp_secret")
    build = system.build()
    tree = read(system, build)
    assert {"build.txt": b"all is well\n"} == {file.path: file.file.read_bytes() for file in tree.files}
    assert [("build/1_Set up job.txt", "a step; all of the job is in build.txt")] == [
        (each.path, each.reason) for each in tree.left_out
    ]
    assert {build.url} == {tree.name, tree.url, *(file.source for file in tree.files)}
    assert ["Bearer ghp_secret"] * 2 == server.asked("Authorization")
    assert [None] == storage.asked("Authorization")


@pytest.mark.parametrize(
    ("names", "paths"),
    [
        (["1_b.txt", "0_a.txt", "b/1_x.txt"], ["a.txt", "b.txt"]),
        (["b/1_x.txt", "b/2_y.txt"], ["b/1_x.txt", "b/2_y.txt"]),
        (["-9_a.txt", "c/1_x.txt", "notes"], ["a.txt", "c/1_x.txt", "notes"]),
        (["0_a.txt", "1_a.txt", "a/1_x.txt"], ["0_a.txt", "1_a.txt", "a/1_x.txt"]),
    ],
)
def test_of_each_job_one_file_is_read(
    names: list[str], paths: list[str], server: Server, connect: Connect, read: Read
) -> None:
    url = server.put(f"{API}/runs/1/logs", content(archive(**dict.fromkeys(names, b"text\n"))))
    tree = read(github(server, connect), Build("1", "https://github/1", logs=url))
    assert paths == [file.path for file in tree.files]


def test_runs_anywhere_are_not_asked_for_where_the_branch_has_enough(
    server: Server, connect: Connect
) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN)))
    server.put(
        f"{API}/workflows/159038/runs", json_answer({"workflow_runs": [github_run(n) for n in range(5)]})
    )
    system = github(server, connect)
    assert 5 == len(list(system.builds(Wanted.like(system.build(), 2))))
    assert 2 == len(server.requests)


def test_a_token_for_github_is_not_sent_to_another_server(server: Server, connect: Connect) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN)))
    page = server.url(f"/{REPOSITORY}/actions/runs/{RUN}")
    system = GitHub.of_page(page, connect, {"GITHUB_TOKEN": "ghp_secret"})
    assert system
    assert str(RUN) == system.build().id
    assert [None] == server.asked("Authorization")


def test_the_log_of_a_job_is_compared_with_the_job_of_that_name_in_passed_runs(
    server: Server, connect: Connect, read: Read
) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN, conclusion="failure")))
    server.put(f"{API}/jobs/5", json_answer(github_job(5, RUN, conclusion="failure")))
    server.put(f"{API}/jobs/5/logs", content(b"it fails\n"))
    server.put(f"{API}/workflows/159038/runs", json_answer({"workflow_runs": [github_run(1)]}))
    jobs = [github_job(6, 1, name="lint"), github_job(7, 1, conclusion="failure"), github_job(8, 1)]
    server.put(f"{API}/runs/1/jobs", json_answer({"total_count": 3, "jobs": jobs}))
    server.put(f"{API}/jobs/8/logs", content(b"it passes\n"))
    system = github(server, connect, "/job/5")
    target = system.build()
    passed = next(system.builds(Wanted.like(target, 1)))
    assert target.job == passed.job
    trees = [read(system, build) for build in (target, passed)]
    assert [b"it fails\n", b"it passes\n"] == [tree.files[0].file.read_bytes() for tree in trees]
    assert 1 == len({tree.files[0].path for tree in trees})


def test_a_job_that_passed_is_not_compared_with_itself(server: Server, connect: Connect) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN)))
    server.put(f"{API}/jobs/5", json_answer(github_job(5, RUN)))
    server.put(
        f"{API}/workflows/159038/runs", json_answer({"workflow_runs": [github_run(RUN), github_run(1)]})
    )
    system = github(server, connect, "/job/5")
    assert {"1"} == {build.id for build in system.builds(Wanted.like(system.build(), 1))}


def test_a_job_is_found_among_hundreds(server: Server, connect: Connect, read: Read) -> None:
    jobs = [github_job(number, 1, name=f"test ({number})") for number in range(230)]

    def page(query: dict[str, str]) -> object:
        size = int(query["per_page"])
        return {"jobs": jobs[size * (int(query["page"]) - 1) :][:size]}

    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN)))
    server.put(f"{API}/jobs/5", json_answer(github_job(5, RUN, name="test (229)")))
    server.put(f"{API}/runs/1/jobs", by_query(page))
    server.put(f"{API}/jobs/229/logs", content(b"it passes\n"))
    system = github(server, connect, "/job/5")
    system.build()
    build = Build("1", "https://github/1", logs=server.url(f"{API}/runs/1/logs"))
    assert [b"it passes\n"] == [file.file.read_bytes() for file in read(system, build).files]


def test_a_run_without_such_a_job_has_no_logs(server: Server, connect: Connect, read: Read) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN)))
    server.put(f"{API}/jobs/5", json_answer(github_job(5, RUN)))
    server.put(f"{API}/runs/1/jobs", json_answer({"jobs": [github_job(6, 1, name="lint")]}))
    system = github(server, connect, "/job/5")
    system.build()
    build = Build("1", "https://github/1", logs=server.url(f"{API}/runs/1/logs"))
    with pytest.raises(JobError, match=r"^https://github/1: has no passed job test \(3\.11\)$"):
        read(system, build)


@pytest.mark.parametrize(
    ("code", "error"),
    [(401, JobError), (403, JobError), (404, JobError), (410, JobError), (429, FetchUnavailable)],
)
def test_logs_that_are_refused_are_an_error(
    code: int, error: type[Exception], server: Server, connect: Connect, read: Read
) -> None:
    build = Build("1", "https://github/1", logs=server.put(f"{API}/runs/1/logs", status(code)))
    with pytest.raises(error, match=f"the server answered {code}$"):
        read(github(server, connect, token="ghp_secret"), build)


def test_logs_that_are_refused_without_a_token_want_one(server: Server, connect: Connect, read: Read) -> None:
    build = Build("1", "https://github/1", logs=server.put(f"{API}/runs/1/logs", status(403)))
    with pytest.raises(JobError, match=r"the server answered 403; GitHub gives logs .*: set GITHUB_TOKEN$"):
        read(github(server, connect), build)


def test_ids_that_are_paths_lead_nowhere(server: Server, connect: Connect, read: Read) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN)))
    hostile = github_run(1) | {"id": "../../../../etc"}
    server.put(f"{API}/workflows/159038/runs", json_answer({"workflow_runs": [hostile]}))
    system = github(server, connect)
    build = next(system.builds(Wanted.like(system.build(), 1)))
    with pytest.raises(JobError, match=r"404|'\.\.'"):
        read(system, build)


@pytest.mark.parametrize(
    ("server_url", "environment", "api"),
    [
        ("https://github.com", {}, "https://api.github.com"),
        ("https://GitHub.com:443", {}, "https://api.github.com"),
        ("https://ghe.example.org", {}, "https://ghe.example.org/api/v3"),
        (
            "https://ghe.example.org",
            {"GITHUB_SERVER_URL": "https://ghe.example.org"},
            "https://ghe.example.org/api/v3",
        ),
        (
            "https://ghe.example.org",
            {
                "GITHUB_SERVER_URL": "https://ghe.example.org",
                "GITHUB_API_URL": "https://api.ghe.example.org/",
            },
            "https://api.ghe.example.org",
        ),
        (
            "https://github.com",
            {"GITHUB_SERVER_URL": "https://ghe.example.org", "GITHUB_API_URL": "https://api.ghe.example.org"},
            "https://api.github.com",
        ),
    ],
)
def test_each_server_has_its_api(server_url: str, environment: dict[str, str], api: str) -> None:
    from log_classify.ci.github import _api

    assert api == _api(server_url, environment)


@pytest.mark.parametrize(
    "path", ["/o/r/actions", "/o/r/pull/3/checks", "/o/r/actions/runs/x", "/a/b/o/r/actions/runs/1"]
)
def test_other_pages_are_not_githubs(path: str, server: Server, connect: Connect) -> None:
    assert GitHub.of_page(server.url(path), connect, {}) is None


def test_of_a_run_that_goes_on_the_logs_of_jobs_that_ended_are_read(
    server: Server, connect: Connect, read: Read
) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN, status="in_progress", conclusion=None)))
    jobs = [
        github_job(5, RUN, name="call / test (3.11)", conclusion="failure"),
        github_job(6, RUN, name="explain", status="in_progress", conclusion=None),
        github_job(7, RUN, name="deploy", conclusion="skipped"),
        github_job(8, RUN, name="lint", conclusion="cancelled"),
    ]
    server.put(f"{API}/runs/{RUN}/jobs", json_answer({"total_count": 4, "jobs": jobs}))
    server.put(f"{API}/jobs/5/logs", content(b"it fails\n"))
    server.put(f"{API}/jobs/8/logs", status(404))
    system = github(server, connect)
    tree = read(system, system.build())
    assert {"call  test (3.11).txt": b"it fails\n"} == {
        file.path: file.file.read_bytes() for file in tree.files
    }
    assert ["lint.txt"] == [each.path for each in tree.left_out]
    assert ("the run goes on: only jobs that have ended are read",) == tree.remarks
    assert not any(path.startswith((f"{API}/jobs/6", f"{API}/jobs/7")) for path, _ in server.requests)


def test_the_logs_of_a_run_that_goes_on_want_a_token(server: Server, connect: Connect, read: Read) -> None:
    server.put(f"{API}/runs/{RUN}", json_answer(github_run(RUN, status="in_progress", conclusion=None)))
    server.put(f"{API}/runs/{RUN}/jobs", json_answer({"jobs": [github_job(5, RUN)]}))
    server.put(f"{API}/jobs/5/logs", status(403))
    system = github(server, connect)
    with pytest.raises(JobError, match=r"403; GitHub gives logs .* set GITHUB_TOKEN$"):
        read(system, system.build())
