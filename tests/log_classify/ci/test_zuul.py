from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest

from log_classify.ci import web
from log_classify.ci.build import Build, Wanted
from log_classify.ci.web import Connect
from log_classify.ci.zuul import Zuul
from log_processor.errors import ConfigError, FetchUnavailable, JobError, Outcome
from tests.httpserver import Answer, Server, chunked, content, redirect, silent, status, trickling
from tests.log_classify.ci.recorded import TARGET, Read, by_query, json_answer, zuul_build, zuul_build_of_4

API = "/api/tenant/openstack"
CHANGE = {"change": 4711, "ref": "refs/changes/11/4711/3"}


def page(server: Server, uuid: str = TARGET) -> str:
    return server.url(f"/t/openstack/build/{uuid}")


def zuul(server: Server, connect: Connect, url: str = "") -> Zuul:
    found = Zuul.of_page(url or page(server), connect)
    assert found
    return found


@pytest.mark.parametrize("made", [zuul_build, zuul_build_of_4])
def test_a_build_is_read_in_the_shapes_of_old_and_new_versions(
    made: Any, server: Server, connect: Connect
) -> None:
    server.put(f"{API}/build/{TARGET}", json_answer(made(TARGET, "https://logs.example.org/4711/tempest")))
    expected = Build(
        id=TARGET,
        url=page(server),
        job="tempest-full",
        project="openstack/nova",
        branch="master",
        pipeline="periodic",
        change="",
        merged=True,
        voting=True,
        result="SUCCESS",
        ended=datetime(2026, 11, 20, 11, tzinfo=timezone.utc),
        logs="https://logs.example.org/4711/tempest/",
    )
    assert expected == zuul(server, connect).build()


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (zuul_build(TARGET, "", ref=CHANGE, pipeline="check"), ("4711", False)),
        (zuul_build(TARGET, "", ref=CHANGE, pipeline="gate"), ("4711", True)),
        (zuul_build(TARGET, "", ref=CHANGE, pipeline="openstack-periodic"), ("4711", True)),
        (
            zuul_build_of_4(TARGET, "", change=4711, ref="refs/changes/11/4711/3", pipeline="check"),
            ("4711", False),
        ),
        (zuul_build(TARGET, "", ref=CHANGE, pipeline="staging"), ("4711", False)),
        (zuul_build_of_4(TARGET, "", pipeline="check"), ("", True)),
    ],
)
def test_what_was_tested_is_known(
    build: dict[str, Any], expected: tuple[str, bool], server: Server, connect: Connect
) -> None:
    server.put(f"{API}/build/{TARGET}", json_answer(build))
    found = zuul(server, connect).build()
    assert expected == (found.change, found.merged)


def test_a_build_that_runs_still_has_no_result(server: Server, connect: Connect) -> None:
    server.put(
        f"{API}/build/{TARGET}",
        json_answer(zuul_build(TARGET, None, result=None, end_time=None, start_time=None)),
    )
    found = zuul(server, connect).build()
    assert ("", None, "") == (found.result, found.ended, found.logs)


@pytest.mark.parametrize(
    ("path", "api"),
    [
        ("/t/openstack/build/{}", "/api/tenant/openstack"),
        ("/zuul/t/local/build/{}/", "/zuul/api/tenant/local"),
        ("/build/{}", "/api"),
        ("/zuul/build/{}/logs", "/zuul/api"),
        ("/t/openstack/build/{}/log/job-output.txt#l12", "/api/tenant/openstack"),
        ("/t/openstack/build/{}?severity=0", "/api/tenant/openstack"),
    ],
)
def test_the_api_lies_beside_the_page(path: str, api: str, server: Server, connect: Connect) -> None:
    server.put(f"{api}/build/{TARGET}", json_answer(zuul_build(TARGET, "")))
    found = zuul(server, connect, server.url(path.format(TARGET))).build()
    assert TARGET == found.id
    assert (
        server.url(api.replace("/api/tenant/", "/t/").removesuffix("/api") + f"/build/{TARGET}") == found.url
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://zuul.example.org/t/a/buildset/" + TARGET,
        "https://zuul.example.org/t/a/build/12",
        "/t/a/build/" + TARGET,
    ],
)
def test_other_pages_are_not_zuuls(url: str, connect: Connect) -> None:
    assert Zuul.of_page(url, connect) is None


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("/t/openstack", "/api/tenant/openstack"),
        ("/t/openstack/", "/api/tenant/openstack"),
        ("/zuul/api/tenant/local", "/zuul/api/tenant/local"),
        ("", "/api"),
        ("/api/", "/api"),
    ],
)
def test_zuul_web_is_named_by_its_page_or_its_api(
    url: str, api: str, server: Server, connect: Connect
) -> None:
    server.put(f"{api}/builds", json_answer([zuul_build("a" * 32, "https://logs/a/")]))
    found = Zuul.of_web(server.url(url), connect)
    assert ["a" * 32] == [build.id for build in found.builds(Wanted("tempest-full"))]


def test_zuul_web_has_to_be_a_url(connect: Connect) -> None:
    with pytest.raises(ConfigError, match=r"^zuul\.example\.org: expected the URL of zuul-web"):
        Zuul.of_web("zuul.example.org", connect)


def test_builds_of_the_project_and_branch_come_before_those_of_the_job(
    server: Server, connect: Connect
) -> None:
    asked: list[dict[str, str]] = []

    def answer(query: dict[str, str]) -> object:
        asked.append(query)
        return [zuul_build(("a" if "project" in query else "b") * 32, "https://logs/a/")]

    server.put(f"{API}/builds", by_query(answer))
    builds = zuul(server, connect).builds(Wanted("tempest-full", "openstack/nova", "stable/2026.1"))
    assert ["a" * 32, "b" * 32] == [build.id for build in builds]
    common = {"job_name": "tempest-full", "result": "SUCCESS", "limit": "100"}
    assert [common | {"project": "openstack/nova", "branch": "stable/2026.1"}, common] == asked


def test_builds_of_the_job_anywhere_are_not_asked_for_where_there_are_enough(
    server: Server, connect: Connect
) -> None:
    server.put(f"{API}/builds", json_answer([zuul_build(f"{number:032}", "") for number in range(6)]))
    builds = zuul(server, connect).builds(Wanted("tempest-full", "openstack/nova", "master", count=3))
    assert 6 == len(list(builds))
    assert 1 == len(server.requests)


def test_a_pipeline_that_is_asked_for_is_not_left(server: Server, connect: Connect) -> None:
    asked: list[dict[str, str]] = []

    def answer(query: dict[str, str]) -> object:
        asked.append(query)
        return []

    server.put(f"{API}/builds", by_query(answer))
    assert [] == list(zuul(server, connect).builds(Wanted("tempest-full", pipeline="gate")))
    assert ["gate"] == [query["pipeline"] for query in asked]


HOSTILE: list[object] = [
    None,
    {},
    "builds",
    [None, 3, [], "x"],
    [{"uuid": ["a"], "job_name": {}, "log_url": 3, "ref": "master", "voting": "no", "end_time": "never"}],
    [{"uuid": "../../etc", "log_url": "file:///etc/", "job_name": "tempest-full", "result": "SUCCESS"}],
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_list_of_anything_is_no_error(value: object, server: Server, connect: Connect) -> None:
    server.put(f"{API}/builds", json_answer(value))
    assert all(isinstance(build, Build) for build in zuul(server, connect).builds(Wanted("tempest-full")))


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (content(b"<!doctype html><title>Zuul</title>"), JobError, "expected JSON, got a web page"),
        (content(b"not json"), JobError, "expected JSON, got something else"),
        (content(b"[" * 100_000), JobError, "expected JSON, got something else"),
        (content(b"1" * 100_000), JobError, "expected JSON, got something else"),
        (content(b"\xff\xfe\xff"), JobError, "expected JSON, got something else"),
        (json_answer([]), JobError, "the answer is no build of Zuul"),
        (json_answer({"uuid": "0" * 32}), JobError, "the answer is no build of Zuul"),
        (json_answer(zuul_build("f" * 32, "")), JobError, "the answer is no build of Zuul"),
        (status(404), JobError, "the server answered 404"),
        (status(403), JobError, "the server answered 403"),
        (status(429), FetchUnavailable, "the server answered 429"),
        (status(503), FetchUnavailable, "the server answered 503"),
        (chunked([b'["', *[b"a" * 2**20] * 9]), JobError, "the document is larger than 8388608 bytes"),
        (redirect("file:///etc/passwd"), JobError, "not read on behalf of a server"),
        (redirect("gopher://example.org/"), JobError, "has to begin with http"),
        (redirect(f"{API}/build/{TARGET}"), JobError, "more than 5 redirects"),
    ],
)
def test_what_is_no_build_is_named(
    answer: Answer, error: type[Exception], message: str, server: Server, connect: Connect
) -> None:
    server.put(f"{API}/build/{TARGET}", answer)
    with pytest.raises(error) as caught:
        zuul(server, connect).build()
    assert f"{API}/build/{TARGET}: " in str(caught.value)
    assert message in str(caught.value)


def test_a_server_that_is_busy_is_asked_again(server: Server, connect: Connect, pauses: list[float]) -> None:
    server.put(f"{API}/build/{TARGET}", status(503), status(429), json_answer(zuul_build(TARGET, "")))
    assert TARGET == zuul(server, connect).build().id
    assert [1.0, 2.0] == pauses


def test_a_server_that_stays_away_is_not_asked_for_ever(
    server: Server, connect: Connect, pauses: list[float]
) -> None:
    server.put(f"{API}/build/{TARGET}", status(503))
    with pytest.raises(FetchUnavailable):
        zuul(server, connect).build()
    assert [1.0, 2.0, 4.0] == pauses
    assert 4 == len(server.requests)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (silent(b"HTTP/1.1 200 OK\r\n"), FetchUnavailable),
        (trickling(b"HTTP/1.1 200 OK\r\n\r\n[", b" ", 0.02), JobError),
    ],
)
def test_a_server_that_is_slow_is_not_waited_for_ever(
    answer: Answer, error: type[Exception], server: Server, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = replace(web._DOCUMENTS, read_seconds=0.1, total_seconds=0.3)
    monkeypatch.setattr(web, "_DOCUMENTS", hasty)
    server.put(f"{API}/build/{TARGET}", answer)
    with pytest.raises(error):
        zuul(server, connect).build()


def test_logs_are_read_from_where_the_build_says(server: Server, connect: Connect, read: Read) -> None:
    manifest = {"tree": [{"name": "job-output.txt", "mimetype": "text/plain", "encoding": None}]}
    server.put("/logs/a/zuul-manifest.json", json_answer(manifest))
    server.put("/logs/a/job-output.txt", content(b"all is well\n"))
    build = Build("a", "https://zuul/build/a", logs=server.url("/logs/a/"))
    tree = read(zuul(server, connect), build)
    assert [("job-output.txt", b"all is well\n")] == [
        (file.path, file.file.read_bytes()) for file in tree.files
    ]
    assert "https://zuul/build/a" == tree.url


@pytest.mark.parametrize(
    ("logs", "outcome"),
    [
        ("", Outcome.NOT_FOUND),
        ("file:///etc/", Outcome.REFUSED),
        ("ftp://logs.example.org/", Outcome.REFUSED),
        ("http://a:b@logs.example.org/", Outcome.REFUSED),
    ],
)
def test_logs_that_may_not_be_read_are_not(
    logs: str, outcome: Outcome, server: Server, connect: Connect, read: Read
) -> None:
    build = Build("a", "https://zuul/build/a", logs=logs)
    with pytest.raises(JobError) as caught:
        read(zuul(server, connect), build)
    assert outcome == caught.value.outcome


def test_logs_that_are_gone_are_an_error_of_the_build(server: Server, connect: Connect, read: Read) -> None:
    build = Build("a", "https://zuul/build/a", logs=server.url("/gone/"))
    with pytest.raises(JobError):
        read(zuul(server, connect), build)


def test_an_address_of_logs_is_never_taken_for_a_local_path(
    server: Server, connect: Connect, read: Read
) -> None:
    server.put("/logs/zuul-manifest.json", json_answer({"tree": [{"name": "a.log"}]}))
    server.put("/logs/a.log", content(b"all is well\n"))
    build = Build("a", "https://zuul/build/a", logs=server.url("/logs/").replace("http:", "HTTP:"))
    assert ["a.log"] == [file.path for file in read(zuul(server, connect), build).files]
