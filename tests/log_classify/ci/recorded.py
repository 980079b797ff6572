"""Answers of CI systems in the shapes that they have, each with where the shape was read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from log_classify.trees.tree import Tree
from tests.httpserver import Answer, Handler, content, status

Read = Callable[..., Tree]
"""`read(system, build, selection)` fetches the logs of a build."""

TARGET = "3c6c85f2ae2f4dbcbf2fca0a2d8e5b11"
"""The uuid of the Zuul build at hand."""


def json_answer(value: object) -> Answer:
    return content(json.dumps(value).encode(), content_type="application/json; charset=utf-8")


def by_query(answer: Callable[[dict[str, str]], object | None]) -> Answer:
    """An answer that depends on the query; None is a 404."""

    def answering(handler: Handler) -> None:
        query = {name: values[-1] for name, values in parse_qs(handler.path.partition("?")[2]).items()}
        value = answer(query)
        (status(404) if value is None else json_answer(value))(handler)

    return answering


def zuul_build(uuid: str, log_url: str | None, **more: Any) -> dict[str, Any]:
    """A build as Zuul 10 and later give it: `BuildConverter.toDict` and `RefConverter.toDict` in zuul/web/__init__.py."""
    ref = {
        "project": "openstack/nova",
        "branch": "master",
        "change": None,
        "patchset": None,
        "ref": "refs/heads/master",
        "oldrev": None,
        "newrev": None,
        "ref_url": "https://review.example.org/openstack/nova/master",
    } | more.pop("ref", {})
    return {
        "_id": 4711,
        "uuid": uuid,
        "job_name": "tempest-full",
        "result": "SUCCESS",
        "held": False,
        "start_time": "2026-11-20T10:00:00",
        "end_time": "2026-11-20T11:00:00",
        "duration": 3600.0,
        "voting": True,
        "log_url": log_url,
        "nodeset": "ubuntu-noble",
        "error_detail": None,
        "final": True,
        "artifacts": [],
        "provides": [],
        "ref": ref,
        "pipeline": "periodic",
        "event_id": "5f0d",
        "event_timestamp": "2026-11-20T09:59:00",
        "buildset": {"uuid": "b" * 32, "refs": [ref]},
    } | more


def zuul_build_of_4(uuid: str, log_url: str | None, **more: Any) -> dict[str, Any]:
    """A build as Zuul 3 to 9 give it: `ZuulWebAPI.buildToDict` in zuul/web/__init__.py, commit 420e8a46 and its like."""
    return {
        "uuid": uuid,
        "job_name": "tempest-full",
        "result": "SUCCESS",
        "held": False,
        "start_time": "2026-11-20T10:00:00",
        "end_time": "2026-11-20T11:00:00",
        "duration": 3600.0,
        "voting": True,
        "log_url": log_url,
        "node_name": None,
        "error_detail": None,
        "final": True,
        "artifacts": [],
        "provides": [],
        "project": "openstack/nova",
        "branch": "master",
        "pipeline": "periodic",
        "change": None,
        "patchset": None,
        "ref": "refs/heads/master",
        "newrev": None,
        "ref_url": "https://review.example.org/openstack/nova/master",
        "event_id": "5f0d",
        "buildset": {"uuid": "b" * 32},
    } | more


def bucket_list(objects: dict[str, bytes], query: dict[str, str]) -> dict[str, Any]:
    """What a bucket of Google lists: "Objects: list" in Cloud Storage's reference of its JSON API."""
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
    names, folders = [], set()
    for name in sorted(objects):
        rest = name[len(prefix) :]
        if not name.startswith(prefix) or name < query.get("startOffset", ""):
            continue
        if delimiter and delimiter in rest:
            folders.add(prefix + rest.partition(delimiter)[0] + delimiter)
        else:
            names.append(name)
    items = [
        {"kind": "storage#object", "name": name, "bucket": "test-platform-results", "size": "1"}
        for name in names
    ]
    return {"kind": "storage#objects", "prefixes": sorted(folders), "items": items}


def github_run(number: int, **more: Any) -> dict[str, Any]:
    """A run: "Get a workflow run" in GitHub's REST reference, without what says nothing here."""
    return {
        "id": number,
        "name": "CI",
        "path": ".github/workflows/ci.yml",
        "head_branch": "main",
        "head_sha": "acb5820ced9479c074f688cc328bf03f341a511d",
        "run_number": 562,
        "run_attempt": 1,
        "event": "push",
        "status": "completed",
        "conclusion": "success",
        "workflow_id": 159038,
        "pull_requests": [],
        "created_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T11:00:00Z",
        "run_started_at": "2026-11-20T10:00:00Z",
        "repository": {"full_name": "octo-org/octo-repo"},
        "head_repository": {"full_name": "octo-org/octo-repo"},
    } | more


def github_job(number: int, run: int, **more: Any) -> dict[str, Any]:
    """A job: "Get a job for a workflow run" in GitHub's REST reference."""
    return {
        "id": number,
        "run_id": run,
        "head_branch": "main",
        "status": "completed",
        "conclusion": "success",
        "started_at": "2026-11-20T10:00:00Z",
        "completed_at": "2026-11-20T10:30:00Z",
        "name": "test (3.11)",
        "workflow_name": "CI",
        "steps": [],
    } | more


def gitlab_job(number: int, **more: Any) -> dict[str, Any]:
    """A job: "Get a single job" in GitLab's REST reference."""
    return {
        "id": number,
        "name": "rspec:other",
        "stage": "test",
        "status": "success",
        "ref": "main",
        "tag": False,
        "allow_failure": False,
        "created_at": "2026-11-20T10:00:00.802Z",
        "started_at": "2026-11-20T10:00:10.727Z",
        "finished_at": "2026-11-20T11:00:00.895Z",
        "duration": 0.173,
        "pipeline": {"id": 6, "ref": "main", "sha": "0ff3ae19", "source": "push", "status": "success"},
        "web_url": f"https://gitlab.example.org/diaspora/app/-/jobs/{number}",
    } | more
