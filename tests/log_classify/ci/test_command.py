"""The commands for builds of CI systems, from the URL of a build to the line that tells why it failed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from log_processor.fetch import documents
from tests.httpserver import Server, content, status
from tests.log_classify.ci.builds import API, CAUSE, PASSED, Builds, built
from tests.log_classify.ci.recorded import (
    TARGET,
    bucket_list,
    by_query,
    github_job,
    github_run,
    gitlab_job,
    json_answer,
    zuul_build,
)
from tests.log_classify.console import FAILED, Ran, rows
from tests.log_classify.console import PASSED as PASSED_LOG


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return built(tmp_path_factory.mktemp("builds"))


@pytest.fixture
def zuul(server: Server, logs: dict[str, Path]) -> Builds:
    return Builds(server, logs)


def test_a_build_is_compared_with_passed_ones_that_are_found(run: Ran, zuul: Builds) -> None:
    code, out, err = run("job", zuul.url, "--format", "jsonl")
    assert 0 == code, err
    assert any(CAUSE in row["text"] for row in rows(out) if row["shown"])
    assert {3} == {row["baselines"] for row in rows(out)}
    assert "baseline" not in err


def test_the_report_names_the_build_and_its_baselines(run: Ran, zuul: Builds, folder: Path) -> None:
    code, _, err = run("job", zuul.url, "--count", "2", "--json", "report.json", "--html", "report.html")
    assert 0 == code, err
    report = json.loads((folder / "report.json").read_text("utf-8"))
    assert zuul.url == report["target"] == report["url"]
    assert [*PASSED[:2]] == [build["name"] for build in report["baselines"]]
    assert "same project, same branch, merged code" in report["baselines"][0]["reason"]
    assert f"{zuul.server.url()}/logs/{TARGET}/job-output.txt" in {file["source"] for file in report["files"]}
    assert CAUSE in (folder / "report.html").read_text("utf-8")


def test_baselines_are_explained(run: Ran, zuul: Builds, logs: dict[str, Path]) -> None:
    zuul.add("4" * 32, ref={"project": "demo/inventory", "branch": "main", "change": 4711}, pipeline="check")
    zuul.add("5" * 32, ref={"project": "demo/other", "branch": "main"})
    zuul.known[0]["log_url"] = zuul.server.url("/expired/")
    code, _, err = run("job", zuul.url, "--count", "2", "--explain-baselines")
    assert 0 == code
    page = zuul.web + "/build/"
    good = "same project, same branch, merged code, 0 days apart"
    expected = [
        ("-", "160", PASSED[0], f"{good}; its logs do not answer: "),
        ("taken", "160", PASSED[1], good),
        ("taken", "160", PASSED[2], good),
        (
            "-",
            "110",
            "5" * 32,
            "another project, same branch, merged code, 0 days apart; the 2 taken are better",
        ),
        ("-", "never", "4" * 32, "tested the same change, 4711"),
    ]
    said = [line.removeprefix("log-classify job: ") for line in err.splitlines() if page in line]
    assert len(expected) == len(said)
    for (taken, score, uuid, reason), line in zip(expected, said, strict=True):
        assert line.startswith(f"{taken:>5} {score:>5}  {page}{uuid}  {reason}")


def test_what_a_server_says_does_not_steer_the_terminal(run: Ran, zuul: Builds) -> None:
    zuul.known[0]["uuid"] = "\x1b[2Jb"
    zuul.add("4" * 32, result="\x1b[2J", pipeline="\x1b[2J")
    code, out, err = run("job", zuul.url, "--count", "1", "--explain-baselines")
    assert 0 == code
    assert "\x1b" not in out + err
    assert "did not pass: \\u001b[2J" in err


def test_baselines_of_other_projects_and_branches_count_as_well(run: Ran, zuul: Builds) -> None:
    zuul.known[0]["ref"] = {"project": "demo/other", "branch": "main"}
    zuul.known[1]["ref"] = {"project": "demo/inventory", "branch": "stable"}
    zuul.known[2]["end_time"] = "2024-01-01T00:00:00"
    _, out, _ = run("job", zuul.url, "--format", "jsonl")
    assert {3} == {row["baselines"] for row in rows(out)}


def test_too_few_baselines_are_told(run: Ran, zuul: Builds) -> None:
    del zuul.known[1:]
    code, _, err = run("job", zuul.url)
    assert 0 == code
    assert "log-classify job: 1 of 3 baselines found; --explain-baselines says why\n" in err


def test_without_a_baseline_nothing_is_compared(run: Ran, zuul: Builds) -> None:
    zuul.known.clear()
    code, _, err = run("job", zuul.url, "--explain-baselines")
    assert 5 == code, err


def test_a_build_that_passed_is_no_error(run: Ran, zuul: Builds) -> None:
    passing = zuul_build(TARGET, zuul.server.url(f"/logs/{PASSED[0]}/"), job_name="demo-job")
    zuul.server.put(f"{API}/build/{TARGET}", json_answer(passing))
    code, out, _ = run("job", zuul.url, "--fail-on-anomaly")
    assert 0 == code
    assert "the build passed" in out


def test_files_are_selected(run: Ran, zuul: Builds) -> None:
    _, out, _ = run("job", zuul.url, "--include-path", "job-output", "--format", "jsonl")
    assert {"job-output.txt"} == {row["file"] for row in rows(out)}


@pytest.mark.parametrize("model", ["models", "models.zip"])
def test_passed_builds_are_learnt_once_and_compared_with_later(
    model: str, run: Ran, zuul: Builds, folder: Path
) -> None:
    code, out, err = run("job-train", model, "--zuul-web", zuul.web, "--job", "demo-job", "--count", "2")
    assert 0 == code, err
    assert [f"{zuul.web}/build/{uuid}: learnt" for uuid in PASSED[:2]] == [
        line[: line.index("learnt") + 6] for line in out.splitlines()
    ]
    assert (folder / model).exists()
    asked = len(zuul.server.requests)
    code, out, err = run("job-run", model, zuul.url, "--format", "jsonl")
    assert 0 == code, err
    assert any(CAUSE in row["text"] for row in rows(out) if row["shown"])
    assert {2} == {row["baselines"] for row in rows(out)}
    assert not any(PASSED[0] in path for path, _ in zuul.server.requests[asked:])


def test_what_a_build_would_be_compared_with_is_learnt(run: Ran, zuul: Builds) -> None:
    code, out, err = run("job-build", "models", "--like", zuul.url, "--count", "1")
    assert (0, 1) == (code, len(out.splitlines())), err


def test_learning_nothing_leaves_nothing(run: Ran, zuul: Builds, folder: Path) -> None:
    code, _, err = run("job-train", "models", "--zuul-web", zuul.web, "--job", "another-job")
    assert 5 == code
    assert "another-job: no passed build whose logs have a line to compare with" in err
    assert not (folder / "models").exists()


def test_only_builds_that_are_asked_for_are_learnt(run: Ran, zuul: Builds) -> None:
    words = ("--project", "demo/inventory", "--branch", "main", "--pipeline", "gate")
    code, _, _ = run("job-train", "models", "--zuul-web", zuul.web, "--job", "demo-job", *words)
    assert 0 == code
    path = next(path for path, _ in zuul.server.requests if path.startswith(f"{API}/builds"))
    assert "project=demo%2Finventory&branch=main&pipeline=gate" in path


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--zuul-web", "https://zuul.example.org"), "--zuul-web: builds of which job? name it with --job"),
        (("--zuul-web", "zuul", "--job", "j"), "zuul: expected the URL of zuul-web"),
        (
            ("--like", "https://example.org/"),
            "https://example.org/: is no page of a build that is known here",
        ),
        (("--like", "https://example.org/", "--branch", "main"), "--like: says itself which builds"),
        ((), "one of the arguments --zuul-web --like is required"),
    ],
)
def test_what_to_learn_has_to_be_said(words: tuple[str, ...], message: str, run: Ran) -> None:
    code, _, err = run("job-train", "models", *words)
    assert 2 == code
    assert message in err


def test_logs_of_the_build_that_are_gone_are_an_error(run: Ran, zuul: Builds) -> None:
    gone = zuul_build(TARGET, zuul.server.url("/gone/"), job_name="demo-job", result="FAILURE")
    zuul.server.put(f"{API}/build/{TARGET}", json_answer(gone))
    code, out, err = run("job", zuul.url)
    assert (2, "") == (code, out)
    assert "/gone/" in err


def test_a_build_that_is_not_there_is_a_wrong_argument(run: Ran, server: Server) -> None:
    url = server.url(f"/t/local/build/{TARGET}")
    for words in (("job", url), ("job-train", "models", "--like", url)):
        code, out, err = run(*words)
        assert (2, "") == (code, out)
        assert "the server answered 404" in err


def test_a_log_url_that_leads_into_this_machine_is_refused(run: Ran, zuul: Builds) -> None:
    hostile = zuul_build(TARGET, "file:///etc/", job_name="demo-job", result="FAILURE")
    zuul.server.put(f"{API}/build/{TARGET}", json_answer(hostile))
    code, out, err = run("job", zuul.url)
    assert (5, "") == (code, out)
    assert "a file of this machine is not read on behalf of a server" in err


def test_a_server_that_is_away_has_its_exit_status(
    run: Ran, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "_PAUSES", (0.0, 0.0))
    server.put(f"{API}/build/{TARGET}", status(503))
    code, _, err = run("job", server.url(f"/t/local/build/{TARGET}"))
    assert 3 == code
    assert "the server answered 503" in err


def test_a_page_in_place_of_the_api_is_named(run: Ran, server: Server) -> None:
    server.put(f"{API}/build/{TARGET}", content(b"<!doctype html><html>"))
    code, _, err = run("job", server.url(f"/t/local/build/{TARGET}"))
    assert 5 == code
    assert "expected JSON, got a web page" in err


def test_a_token_is_shown_nowhere(run: Ran, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    monkeypatch.setenv("GITHUB_SERVER_URL", server.url())
    monkeypatch.setenv("GITHUB_API_URL", server.url("/api/v3"))
    server.put("/api/v3/repos/o/r/actions/runs/1", status(401))
    code, out, err = run("job", server.url("/o/r/actions/runs/1"))
    assert 5 == code
    assert "ghp_secret" not in out + err
    assert ["Bearer ghp_secret"] == server.asked("Authorization")


ODD = "Quite another matter altogether"  # in FAILED


def test_a_build_of_prow_is_compared(run: Ran, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", server.url())
    objects: dict[str, bytes] = {}
    for number, log in ((1, PASSED_LOG), (2, PASSED_LOG), (3, FAILED)):
        result = {"timestamp": 1795172400 + number, "result": "FAILURE" if number == 3 else "SUCCESS"}
        objects |= {
            f"logs/periodic-shop/{number}/started.json": b'{"timestamp": 1795172400}',
            f"logs/periodic-shop/{number}/finished.json": json.dumps(result).encode(),
            f"logs/periodic-shop/{number}/build-log.txt": log.encode(),
        }
    for name, data in objects.items():
        server.put(f"/bucket/{name}", content(data))
        server.put(f"/storage/v1/b/bucket/o/{name.replace('/', '%2F')}", content(data))
    server.put("/storage/v1/b/bucket/o", by_query(lambda query: bucket_list(objects, query)))
    code, out, err = run("job", "gs://bucket/logs/periodic-shop/3", "--format", "jsonl", "--count", "2")
    assert 0 == code, err
    assert [ODD] == [row["text"] for row in rows(out) if row["shown"] and row["distance"] == 1]
    assert {2} == {row["baselines"] for row in rows(out)}


def test_a_job_of_github_is_compared(run: Ran, server: Server) -> None:
    api = "/api/v3/repos/o/shop/actions"
    server.put(f"{api}/runs/9", json_answer(github_run(9, conclusion="failure")))
    server.put(f"{api}/jobs/90", json_answer(github_job(90, 9, conclusion="failure")))
    server.put(f"{api}/jobs/90/logs", content(FAILED.encode()))
    server.put(f"{api}/workflows/159038/runs", json_answer({"workflow_runs": [github_run(8)]}))
    server.put(f"{api}/runs/8/jobs", json_answer({"jobs": [github_job(80, 8)]}))
    server.put(f"{api}/jobs/80/logs", content(PASSED_LOG.encode()))
    code, out, err = run("job", server.url("/o/shop/actions/runs/9/job/90"), "--format", "jsonl")
    assert 0 == code, err
    assert [ODD] == [row["text"] for row in rows(out) if row["shown"] and row["distance"] == 1]


def test_a_job_of_gitlab_is_compared(run: Ran, server: Server) -> None:
    api = "/api/v4/projects/o%2Fshop/jobs"
    server.put(f"{api}/9", json_answer(gitlab_job(9, status="failed")))
    server.put(f"{api}/9/trace", content(FAILED.encode()))
    server.put(api, json_answer([gitlab_job(8)]))
    server.put(f"{api}/8/trace", content(PASSED_LOG.encode()))
    code, out, err = run("job", server.url("/o/shop/-/jobs/9"), "--format", "jsonl")
    assert 0 == code, err
    assert [ODD] == [row["text"] for row in rows(out) if row["shown"] and row["distance"] == 1]


def test_further_baselines_are_named_by_the_configuration(
    run: Ran, zuul: Builds, logs: dict[str, Path], folder: Path
) -> None:
    (folder / "config.yaml").write_text(f"extra_baselines: [{logs[PASSED[0]]}]\n", "utf-8")
    zuul.known.clear()
    code, out, err = run("job", zuul.url, "--config", "config.yaml", "--format", "jsonl")
    assert 0 == code, err
    assert {1} == {row["baselines"] for row in rows(out)}
