from __future__ import annotations

from typing import Any

import pytest

from log_classify.ci.build import Build, Wanted
from log_classify.ci.gitlab import GitLab
from log_classify.ci.web import Connect
from log_processor.errors import JobError
from tests.httpserver import Server, content, status
from tests.log_classify.ci.recorded import Read, by_query, gitlab_job, json_answer

API = "/api/v4/projects/diaspora%2Fapp/jobs"


def gitlab(server: Server, connect: Connect, token: str = "") -> GitLab:
    environment = {"GITLAB_TOKEN": token, "CI_SERVER_URL": server.url()} if token else {}
    found = GitLab.of_page(server.url("/diaspora/app/-/jobs/8"), connect, environment)
    assert found
    return found


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, ("main", "", True, True, "SUCCESS")),
        ({"status": "failed", "allow_failure": True}, ("main", "", True, False, "FAILED")),
        ({"ref": "refs/merge-requests/12/head"}, ("", "!12", False, True, "SUCCESS")),
        ({"ref": "refs/merge-requests/12/merge"}, ("", "!12", False, True, "SUCCESS")),
    ],
)
def test_a_job_is_read(
    more: dict[str, Any], expected: tuple[object, ...], server: Server, connect: Connect
) -> None:
    server.put(f"{API}/8", json_answer(gitlab_job(8, **more)))
    found = gitlab(server, connect).build()
    assert ("8", "rspec:other", "diaspora/app", "push") == (
        found.id,
        found.job,
        found.project,
        found.pipeline,
    )
    assert expected == (found.branch, found.change, found.merged, found.voting, found.result)
    assert server.url("/diaspora/app/-/jobs/8") == found.url


@pytest.mark.parametrize("answer", [[], {}, {"id": 8}, gitlab_job(9)])
def test_what_is_no_job_is_named(answer: object, server: Server, connect: Connect) -> None:
    server.put(f"{API}/8", json_answer(answer))
    with pytest.raises(JobError, match="jobs/8: the answer is no job of GitLab"):
        gitlab(server, connect).build()


def test_passed_jobs_of_the_name_are_found_page_by_page(server: Server, connect: Connect) -> None:
    asked: list[dict[str, str]] = []

    def answer(query: dict[str, str]) -> object:
        asked.append(query)
        if query["page"] == "1":
            return [gitlab_job(1000 - number, name="lint") for number in range(99)] + [gitlab_job(7)]
        return [gitlab_job(6)]

    server.put(API, by_query(answer))
    builds = gitlab(server, connect).builds(Wanted("rspec:other"))
    assert ["7", "6"] == [build.id for build in builds]
    assert [{"scope[]": "success", "per_page": "100", "page": page} for page in "12"] == asked


def test_a_project_without_such_jobs_is_not_listed_for_ever(server: Server, connect: Connect) -> None:
    server.put(API, json_answer([gitlab_job(number, name="lint") for number in range(100)]))
    assert [] == list(gitlab(server, connect).builds(Wanted("rspec:other")))
    assert 5 == len(server.requests)


@pytest.mark.parametrize("answer", [None, {"message": "404"}, [3, None, "x", []]])
def test_a_list_of_anything_is_no_error(answer: object, server: Server, connect: Connect) -> None:
    server.put(API, json_answer(answer))
    assert [] == list(gitlab(server, connect).builds(Wanted("rspec:other")))


def test_the_log_is_read_with_the_token_of_its_server(server: Server, connect: Connect, read: Read) -> None:
    server.put(f"{API}/8", json_answer(gitlab_job(8)))
    server.put(f"{API}/8/trace", content(b"$ rspec\nall is well\n"))
    system = gitlab(server, connect, "glpat-secret")
    build = system.build()
    tree = read(system, build)
    assert [b"$ rspec\nall is well\n"] == [file.file.read_bytes() for file in tree.files]
    assert build.url == tree.files[0].source == tree.name == tree.url
    assert ["Bearer glpat-secret"] * 2 == server.asked("Authorization")


def test_a_token_for_gitlab_is_not_sent_to_another_server(server: Server, connect: Connect) -> None:
    server.put(f"{API}/8", json_answer(gitlab_job(8)))
    system = GitLab.of_page(server.url("/diaspora/app/-/jobs/8"), connect, {"GITLAB_TOKEN": "glpat-secret"})
    assert system
    system.build()
    assert [None] == server.asked("Authorization")


def test_a_log_that_is_gone_is_an_error(server: Server, connect: Connect, read: Read) -> None:
    build = Build("8", "https://gitlab/8", logs=server.put(f"{API}/8/trace", status(404)))
    with pytest.raises(JobError, match="the server answered 404"):
        read(gitlab(server, connect), build)


@pytest.mark.parametrize(
    "path", ["/a/b/-/pipelines/3", "/a/-/jobs/3", "/a/b/-/jobs/x", "/a/../b/c/-/jobs/3/x"]
)
def test_other_pages_are_not_gitlabs(path: str, server: Server, connect: Connect) -> None:
    assert GitLab.of_page(server.url(path), connect, {}) is None
