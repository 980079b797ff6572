from __future__ import annotations

import argparse
import errno
import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from anomaly_filter import ModelStore
from log_processor import cli
from log_processor.commands import common, replay, submit
from log_processor.config import keys
from log_processor.dead_letters import DeadLetters
from log_processor.errors import ConfigError, LogProcessorError, Outcome, StoreUnavailable
from log_processor.exits import Exit, guarded
from log_processor.job import decode, job_unique, unique_of
from log_processor.queue_status import queue_status
from log_processor.source import EmbeddedServer, GearmanSource, GearmanSubmitter
from log_processor.timestamps import iso_text
from tests.httpserver import content, serving
from tests.log_processor.daemon_process import Gate, command, environment, free_port
from tests.log_processor.workshop import PASSING, Clock
from tests.services.gearman import HOST

BUILD = "4f440b7e8c4b493c81ddf709d8a54076"
START = "2026-03-09T12:00:00Z"
RECENTLY = datetime.now(timezone.utc).replace(microsecond=0) - timedelta(days=1)


class Ran:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> tuple[int, str, str]:
        """Run log-processor; return exit status, standard output and standard error."""
        try:
            code = cli.main([str(argument) for argument in arguments])
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ran:
    """Commands run in an empty folder, so that the defaults' folders are there."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    for variable in [name for name in os.environ if name.startswith("LOG_PROCESSOR_")]:
        monkeypatch.delenv(variable)
    return Ran(capsys)


@pytest.fixture
def server() -> Iterator[EmbeddedServer]:
    with closing(EmbeddedServer()) as server:
        yield server


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    root = tmp_path / "logs"
    (root / "controller").mkdir(parents=True)
    (root / "job-output.txt").write_text(PASSING)
    (root / "controller" / "a service.log.gz").write_bytes(gzip.compress(PASSING.encode()))
    return root


def address(server: EmbeddedServer) -> str:
    return f"{HOST}:{server.port}"


def taken(server: EmbeddedServer) -> list[bytes]:
    """Take every job out of the queue."""
    payloads = []
    with closing(GearmanSource(HOST, server.port)) as source:
        while any(status.total for status in queue_status(HOST, server.port)):
            delivery = next(source)
            payloads.append(delivery.payload)
            delivery.ack()
    return payloads


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(each) for each in text.splitlines()]


# ---- submit -----------------------------------------------------------------------------------------


def test_a_folder_is_a_job_for_each_file(run: Ran, server: EmbeddedServer, logs: Path) -> None:
    code, out, err = run(
        "submit", logs, "--gearman", address(server), "--log-url", "https://logs.example.org/4f/",
        "--build-uuid", BUILD, "--build-name", "unit", "--build-status", "FAILURE", "--project", "acme/shop",
        "--branch", "main", "--build-start", START, "--field", "build_queue=gate", "--field", "a=b=c", "--tag", "console",
    )  # fmt: skip
    assert (0, "") == (code, err)
    service, output = taken(server)
    url = "https://logs.example.org/4f/controller/a%20service.log.gz"
    payload = {
        "retry": False,
        "source_url": url,
        "event": {
            "tags": ["a service.log.gz", "a service.log", "console"],
            "fields": {
                "build_start": "2026-03-09T12:00:00.000Z",
                "voting": 1,
                "build_uuid": BUILD,
                "build_short_uuid": "4f440b7",
                "build_name": "unit",
                "project": "acme/shop",
                "build_branch": "main",
                "build_queue": "gate",
                "a": "b=c",
                "build_files": 2,
                "build_status": "FAILURE",
                "filename": "controller/a service.log.gz",
                "log_url": url,
            },
        },
    }
    assert json.dumps(payload).encode() == service
    assert ("job-output.txt", ("job-output.txt", "console")) == (decode(output).filename, decode(output).tags)
    said = rows(out)
    assert ["controller/a service.log.gz", "job-output.txt"] == [row["filename"] for row in said]
    assert url == said[0]["source_url"]
    assert all(len(row["unique"]) == 40 and row["handle"] for row in said)


def test_a_file_without_a_log_server_is_read_where_it_is(
    run: Ran, server: EmbeddedServer, logs: Path
) -> None:
    path = logs / "job-output.txt"
    assert 0 == run("submit", path, "--gearman", address(server), "--build-uuid", BUILD)[0]
    (job,) = map(decode, taken(server))
    assert (path.as_uri(), "job-output.txt", 1) == (job.source_url, job.filename, job.build_files)
    assert job.build_start is not None
    assert timedelta(minutes=1) > datetime.now(timezone.utc) - job.build_start
    assert "build_status" not in job.fields
    assert "build_name" not in job.fields


@pytest.mark.parametrize(
    ("url", "log_url", "filename"),
    [
        ("https://h/4f/sub/a.log", "https://h/4f", "sub/a.log"),
        ("https://h/4f/sub/a%20b.log?x=1", "https://h/4f/", "sub/a b.log"),
        ("https://h/4f/sub/a.log", None, "a.log"),
        ("https://h/4f440/a.log", "https://h/4f", "a.log"),
    ],
)
def test_a_url_is_named_by_its_place_below_the_log_server(
    run: Ran, server: EmbeddedServer, url: str, log_url: str | None, filename: str
) -> None:
    more = ["--log-url", log_url] if log_url else []
    assert 0 == run("submit", url, "--gearman", address(server), "--build-uuid", BUILD, *more)[0]
    (job,) = map(decode, taken(server))
    assert (url, filename) == (job.source_url, job.filename)


def test_a_file_of_a_build_has_the_same_unique_each_time_and_no_other_has_it() -> None:
    assert job_unique("b1", "a") == job_unique("b1", "a")
    assert 4 == len({job_unique(*each) for each in (("b1", "a"), ("b1", "b"), ("b2", "a"), ("b", "1a"))})


@pytest.mark.parametrize("verb", ["submit", "train"])
def test_a_folder_without_files_is_5(run: Ran, tmp_path: Path, verb: str) -> None:
    (tmp_path / "empty" / "sub").mkdir(parents=True)
    code, out, err = run(verb, tmp_path / "empty", "--build-uuid", BUILD)
    assert (5, "") == (code, out)
    assert f"log-processor {verb}: nothing to read: there is no file in {tmp_path / 'empty'}\n" == err


@pytest.mark.parametrize("verb", ["submit", "train"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.log"], "none.log: there is no such file or folder"),
        (["{logs}", "--field", "x"], "--field 'x': expected K=V"),
        (["{logs}", "--field", "=x"], "--field '=x': expected K=V"),
        (["{logs}", "--build-start", "yesterday"], "--build-start 'yesterday': expected ISO 8601"),
        (["{logs}/job-output.txt", "{logs}/job-output.txt"], "job-output.txt is named twice"),
        (["{logs}", "--set", "score.treshold=1"], "--set score.treshold: unknown key"),
        (["https://h/"], "https://h/: expected the URL of a file, got that of a folder"),
        (["https://h/4f/?x=a.log"], "expected the URL of a file, got that of a folder"),
    ],
)
def test_a_wrong_command_line_is_2_and_says_what_is_wrong(
    run: Ran, logs: Path, verb: str, arguments: list[str], said: str
) -> None:
    words = [argument.format(logs=logs) for argument in arguments]
    code, out, err = run(verb, *words, "--build-uuid", BUILD)
    assert (2, "") == (code, out)
    assert said in err


def test_a_name_that_no_job_can_carry_is_2(run: Ran, logs: Path) -> None:
    name = os.fsencode(logs) + b"/caf\xe9.log"
    try:
        os.close(os.open(name, os.O_CREAT))
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    code, _, err = run("submit", logs, "--build-uuid", BUILD)
    assert 2 == code
    assert "caf\\udce9.log': the name is not UTF-8" in err


@pytest.mark.parametrize(
    ("more", "notes"),
    [
        ([], ["without --build-status nothing", "without --log-url workers read"]),
        (
            ["--build-status", "success"],
            ["workers learn from SUCCESS, not from success", "without --log-url"],
        ),
        (["--build-status", "FAILURE"], ["without --log-url workers read"]),
        (["--build-status", "SUCCESS", "--log-url", "https://logs.example.org/"], []),
    ],
)
def test_what_is_seldom_meant_is_noted(
    more: list[str], notes: list[str], run: Ran, server: EmbeddedServer, logs: Path
) -> None:
    code, _, err = run("submit", logs, "--gearman", address(server), "--build-uuid", BUILD, *more)
    assert (0, len(notes)) == (code, len(err.splitlines()))
    assert all(note in line for note, line in zip(notes, err.splitlines(), strict=True))


def test_a_gearman_server_that_is_away_is_3(run: Ran, logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submit, "GearmanSubmitter", partial(GearmanSubmitter, timeout_seconds=0.2))
    port = free_port()
    code, out, err = run("submit", logs, "--gearman", f"{HOST}:{port}", "--build-uuid", BUILD)
    assert (3, "") == (code, out)
    assert f"the gearman server {HOST}:{port} took no job within 0.2 s" in err


@pytest.mark.parametrize(
    ("given", "host", "port"),
    [
        ("gearman.example.org:4731", "gearman.example.org", 4731),
        ("gearman.example.org", "gearman.example.org", 4730),
        ("[::1]:4731", "::1", 4731),
        ("[::1]", "::1", 4730),
        ("no:4731", "no", 4731),
    ],
)
def test_the_address_of_the_gearman_server_may_lack_its_port(
    run: Ran, given: str, host: str, port: int
) -> None:
    config = common.config_of(argparse.Namespace(config=None, overrides=[], gearman=given))
    assert (host, port) == (config.gearman.host, config.gearman.port)


@pytest.mark.parametrize("given", [":4730", "host:", "host:port", "::1", "a b"])
def test_what_is_no_address_of_a_gearman_server_is_2(run: Ran, given: str) -> None:
    code, _, err = run("status", "--gearman", given)
    assert 2 == code
    assert f"--gearman {given!r}: expected HOST or HOST:PORT" in err


# ---- train, models ----------------------------------------------------------------------------------


def train(
    run: Ran, *arguments: str | Path, build: str = "b1", start: datetime = RECENTLY
) -> tuple[int, str, str]:
    return run(
        "train", *arguments, "--build-uuid", build, "--build-name", "unit", "--project", "acme/shop", "--branch", "main",
        "--build-start", iso_text(start),
    )  # fmt: skip


def test_a_passed_build_is_learnt(run: Ran, logs: Path) -> None:
    code, out, err = train(run, logs)
    assert (0, "") == (code, err)
    assert [
        "acme%2Fshop/unit/main/controller/a%20service: 3 lines, 3 rows",
        "acme%2Fshop/unit/main/job-output: 3 lines, 3 rows",
    ] == out.splitlines()
    assert "3 lines, 3 rows, the model stays as it was" in train(run, logs)[1]
    models = dict(ModelStore(Path("log-processor-data/models")).models())
    assert {1} == {len(files) for files in models.values()}
    (segment,) = models["acme%2Fshop/unit/main/job-output"]
    assert ("b1", RECENTLY) == (segment.build, segment.built_at)


def test_training_tells_programs_the_same(run: Ran, logs: Path) -> None:
    code, out, _ = train(run, logs / "job-output.txt", "--format", "json")
    assert 0 == code
    assert [
        {
            "filename": "job-output.txt",
            "model": "acme%2Fshop/unit/main/job-output",
            "lines": 3,
            "rows": 3,
            "lines_left_out": 0,
            "changed": True,
        }
    ] == rows(out)


def test_a_log_at_a_url_that_the_command_line_names_needs_no_permission(run: Ran) -> None:
    with serving() as web:
        assert 0 == train(run, web.put("/x/job-output.txt", content(PASSING.encode())))[0]


def test_a_url_to_learn_from_may_have_a_query(run: Ran) -> None:
    with serving() as web:
        code, out, err = train(run, web.put("/job-output.txt", content(PASSING.encode())) + "?token=1")
    assert (0, "") == (code, err)
    assert "3 lines" in out


def test_what_cannot_be_read_is_named_and_the_rest_is_learnt(run: Ran, logs: Path) -> None:
    (logs / "broken.log").write_bytes(gzip.compress(PASSING.encode() * 1000)[:-20])
    code, out, err = train(run, logs)
    assert 5 == code
    assert 2 == len(out.splitlines())
    assert "log-processor train: broken.log: " in err


def test_a_log_that_is_not_there_is_not_waited_for(run: Ran) -> None:
    with serving() as web:
        code, _, err = train(run, web.url("/none.txt"))
        assert (5, 1) == (code, len(web.requests))
    assert "the server answered 404" in err


def test_a_log_server_that_is_away_is_3(run: Ran) -> None:
    code, _, err = train(run, f"http://127.0.0.1:{free_port()}/a.log")
    assert 3 == code
    assert "no answer" in err


def test_a_build_that_models_will_soon_forget_is_learnt_with_a_warning(run: Ran, logs: Path) -> None:
    code, _, err = train(run, logs, start=RECENTLY - timedelta(days=60))
    assert 0 == code
    assert "the build is older than 30 days (models.keep_days): a model forgets it" in err
    assert "older" not in train(run, logs, build="b2")[2]


def test_an_empty_log_teaches_nothing_and_is_5(run: Ran, tmp_path: Path) -> None:
    (tmp_path / "empty.log").touch()
    assert 5 == train(run, tmp_path / "empty.log")[0]


def test_models_that_cannot_be_written_are_named(run: Ran, logs: Path) -> None:
    Path("log-processor-data").write_text("in the way")
    code, _, err = train(run, logs)
    assert 2 == code
    assert (
        "models.path log-processor-data/models cannot be written: Not a directory; name a folder that can"
        in err
    )


def test_models_are_listed(run: Ran, logs: Path) -> None:
    assert (0, True) == (run("models", "list")[0], "no model yet" in run("models", "list")[1])
    assert (0, "", "") == run("models", "list", "--format", "json")
    train(run, logs, start=RECENTLY - timedelta(hours=1))
    train(run, logs / "job-output.txt", build="b2")
    code, out, _ = run("models", "list", "--format", "json")
    assert 0 == code
    assert {
        "model": "acme%2Fshop/unit/main/job-output",
        "builds": 2,
        "segments": 2,
        "oldest": (RECENTLY - timedelta(hours=1)).isoformat(),
        "newest": RECENTLY.isoformat(),
    } == rows(out)[1]
    table = run("models", "list")[1].splitlines()
    assert ["model", "builds", "segments", "oldest", "newest"] == table[0].split()
    assert 3 == len(table)


def test_a_model_s_builds_are_shown(run: Ran, logs: Path) -> None:
    train(run, logs, build="b\x1b[2J")
    name = "acme%2Fshop/unit/main/job-output"
    (row,) = rows(run("models", "show", name, "--format", "json")[1])
    assert ("b\x1b[2J", RECENTLY.isoformat(), 12) == (row["build"], row["built_at"], len(row["digest"]))
    assert 0 < row["bytes"]
    table = run("models", "show", name)[1]
    assert "\\u001b[2J" in table
    assert "\x1b" not in table
    code, _, err = run("models", "show", "none")
    assert 2 == code
    assert "no model 'none'; `log-processor models list` prints the names" in err


def test_a_build_is_forgotten_in_every_model(run: Ran, logs: Path) -> None:
    train(run, logs)
    train(run, logs, build="b2")
    assert (0, "2 segments of build b1 forgotten\n", "") == run("models", "forget", "b1")
    assert (4, "0 segments of build b1 forgotten\n", "") == run("models", "forget", "b1")
    code, out, _ = run("models", "forget", "b2", "--format", "json")
    assert (0, [{"build": "b2", "forgotten": 2}]) == (code, rows(out))


def test_models_that_cannot_be_changed_are_named(
    run: Ran, logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    train(run, logs)
    monkeypatch.setattr(Path, "unlink", refuse)
    code, _, err = run("models", "forget", "b1")
    assert 2 == code
    assert "models.path log-processor-data/models cannot be changed: Permission denied; run this as" in err


# ---- status -----------------------------------------------------------------------------------------


def test_the_status_is_that_of_queue_workers_letters_and_models(
    run: Ran, server: EmbeddedServer, logs: Path
) -> None:
    empty = {
        "waiting": 0,
        "running": 0,
        "workers": 0,
        "dead_letters": 0,
        "models": 0,
        "newest_model_build": None,
    }
    assert [{"function": "push-log", **empty}] == rows(
        run("status", "--gearman", address(server), "--format", "json")[1]
    )
    run("submit", logs, "--gearman", address(server), "--build-uuid", BUILD)
    train(run, logs)
    with DeadLetters(Path("log-processor-data/dead-letters"), Clock()).letter(b"job") as letter:
        letter.send(Outcome.REFUSED, "reason")
    with closing(GearmanSource(HOST, server.port)) as source:
        next(source)
        code, out, _ = run("status", "--gearman", address(server), "--format", "json")
        assert 0 == code
        assert [
            {
                "function": "push-log",
                "waiting": 1,
                "running": 1,
                "workers": 1,
                "dead_letters": 1,
                "models": 2,
                "newest_model_build": RECENTLY.isoformat(),
            }
        ] == rows(out)
        assert [
            "push-log: 1 waiting, 1 running, 1 workers",
            "dead letters in log-processor-data/dead-letters: 1",
            f"models in log-processor-data/models: 2, newest build {RECENTLY.isoformat()}",
        ] == run("status", "--gearman", address(server))[1].splitlines()


def test_the_status_of_a_server_that_is_away_is_3(run: Ran) -> None:
    code, _, err = run("status", "--gearman", f"{HOST}:{free_port()}")
    assert 3 == code
    assert "check that it runs" in err


# ---- replay -----------------------------------------------------------------------------------------


@pytest.fixture
def spool(run: Ran) -> DeadLetters:
    spool = DeadLetters(Path("log-processor-data/dead-letters"), Clock())
    for payload, outcome in (
        (b"one", Outcome.MALFORMED),
        (b"two", Outcome.NOT_FOUND),
        (b"three", Outcome.NOT_FOUND),
    ):
        with spool.letter(payload) as letter:
            letter.send(outcome, f"why {payload.decode()}")
        spool._now.advance(hours=1)  # type: ignore[attr-defined]
    return spool


def test_a_dry_run_shows_the_letters_and_submits_none(run: Ran, spool: DeadLetters) -> None:
    code, out, _ = run("replay", "--dry-run", "--gearman", f"{HOST}:{free_port()}")
    assert 0 == code
    assert ["why one", "why two", "why three"] == [row["reason"] for row in rows(out)]
    assert {False} == {row["submitted"] for row in rows(out)}
    assert ("malformed", "2026-03-09T12:00:00+00:00", 0) == tuple(
        rows(out)[0][k] for k in ("outcome", "at", "rejected")
    )
    assert 3 == len(spool)


def test_replayed_letters_are_jobs_again_and_gone(
    run: Ran, spool: DeadLetters, server: EmbeddedServer
) -> None:
    code, out, _ = run("replay", "--gearman", address(server))
    assert 0 == code
    assert {True} == {row["submitted"] for row in rows(out)}
    assert [b"one", b"two", b"three"] == taken(server)
    assert 0 == len(spool)
    assert [] == list(spool.root.iterdir())


def test_letters_are_chosen_by_their_outcome(run: Ran, spool: DeadLetters, server: EmbeddedServer) -> None:
    run("replay", "--gearman", address(server), "--outcome", "not_found")
    assert [b"two", b"three"] == taken(server)
    assert [b"one"] == [letter.payload for letter in spool]
    code, _, err = run("replay", "--outcome", "notfound")
    assert 2 == code
    assert "not_found" in err


def test_nothing_to_replay_is_said(run: Ran) -> None:
    code, out, err = run("replay")
    assert (0, "") == (code, out)
    assert "log-processor replay: no such dead letter in log-processor-data/dead-letters\n" == err


def test_letters_stay_when_the_gearman_server_is_away(
    run: Ran, spool: DeadLetters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "GearmanSubmitter", partial(GearmanSubmitter, timeout_seconds=0.2))
    assert 3 == run("replay", "--gearman", f"{HOST}:{free_port()}")[0]
    assert 3 == len(spool)


def test_a_file_that_is_no_letter_is_named_before_anything_is_submitted(
    run: Ran, spool: DeadLetters, server: EmbeddedServer
) -> None:
    (spool.root / "notes.jsonl").write_text("mine")
    code, out, err = run("replay", "--gearman", address(server))
    assert (5, "") == (code, out)
    assert "notes.jsonl is no dead letter" in err
    assert "move it out of the folder" in err
    assert [] == taken(server)


def test_a_replayed_file_has_the_unique_of_its_submission(
    run: Ran, server: EmbeddedServer, logs: Path
) -> None:
    run("submit", logs / "job-output.txt", "--gearman", address(server), "--build-uuid", BUILD)
    (payload,) = taken(server)
    spool = DeadLetters(Path("log-processor-data/dead-letters"), Clock())
    with spool.letter(payload) as opened:
        opened.send(Outcome.REFUSED, "reason")
    (letter,) = spool
    assert job_unique(BUILD, "job-output.txt") == unique_of(letter.payload)


# ---- check-config -----------------------------------------------------------------------------------


def test_the_configuration_that_is_shipped_is_right(run: Ran) -> None:
    shipped = Path(__file__).parents[2] / "config" / "log-processor.yaml"
    code, out, err = run("check-config", "-c", shipped)
    assert (0, "") == (code, err)
    assert "# note: fetch.allow is empty, so every job will be refused" in out
    assert "  threshold: 0.25\n" in out


def test_what_is_in_force_is_a_configuration_again(run: Ran, tmp_path: Path) -> None:
    arguments = ["--set", "fetch.allow=[https://a/, https://b/]", "--set", "score.threshold=0.5"]
    printed = tmp_path / "printed.yaml"
    printed.write_text(run("check-config", *arguments)[1])
    shown = json.loads(run("check-config", "-c", printed, "--format", "json")[1])
    assert json.loads(run("check-config", *arguments, "--format", "json")[1]) == shown
    assert (0.5, ["https://a/", "https://b/"]) == (
        shown["config"]["score"]["threshold"],
        shown["config"]["fetch"]["allow"],
    )
    assert [] == shown["notices"]
    paths = {f"{section}.{key}" for section, values in shown["config"].items() for key in values}
    assert paths == {path for path, key in keys().items() if not key.secret_in_file}


def test_every_wrong_key_is_named_at_once(run: Ran, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text(
        "gearman: {prot: 1}\nscore: {threshold: 7}\nfetch: {allow: [ftp://x/]}\nstoer: {url: x}\n"
    )
    code, out, err = run("check-config", "-c", tmp_path / "wrong.yaml")
    assert (2, "") == (code, out)
    for said in ("gearman.prot", "gearman.port", "score.threshold", "fetch.allow", "stoer", "wrong.yaml:1"):
        assert said in err


def test_what_only_a_worker_would_see_is_checked_too(run: Ran) -> None:
    code, _, err = run("check-config", "--set", "fetch.ca_certs=none.pem")
    assert 2 == code
    assert "fetch.ca_certs: there is no file none.pem" in err


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_secrets_are_hidden(run: Ran, form: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("swordfish\n")
    monkeypatch.setenv("LOG_PROCESSOR_STORE_URL", "http://localhost:9200")
    monkeypatch.setenv("LOG_PROCESSOR_STORE_USERNAME", "worker")
    monkeypatch.setenv("LOG_PROCESSOR_STORE_PASSWORD_FILE", str(tmp_path / "secret"))
    code, out, err = run("check-config", "--format", form)
    assert 0 == code
    assert "***" in out
    assert "swordfish" not in out + err


# ---- all verbs --------------------------------------------------------------------------------------

VERBS = ("run", "submit", "train", "models", "status", "replay", "check-config")


@pytest.mark.parametrize("verb", VERBS)
def test_the_help_of_each_verb_has_an_example(run: Ran, verb: str) -> None:
    code, out, _ = run(verb, "--help")
    assert 0 == code
    assert f"\n  log-processor {verb}" in out.partition("example")[2]


def test_the_help_names_every_verb(run: Ran) -> None:
    out = run("--help")[1]
    assert [] == [verb for verb in VERBS if not re.search(f"^    {verb}( |$)", out, re.MULTILINE)]
    assert "exit status: 0 done" in out


def test_the_version_is_that_of_the_distribution(run: Ran) -> None:
    from importlib.metadata import version

    assert (0, f"log-processor {version('log-classify')}\n", "") == run("--version")


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["models"], ["submit"], ["submit", "x"]])
def test_an_incomplete_command_line_is_2(run: Ran, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (2, "") == (code, out)
    assert "usage: log-processor" in err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("x"), Exit.USAGE),
        (StoreUnavailable("x"), Exit.UNREACHABLE),
        (LogProcessorError("x"), Exit.NOTHING_READ),
        (KeyboardInterrupt(), Exit.INTERRUPTED),
    ],
)
def test_an_error_is_an_exit_status(
    error: BaseException, code: Exit, capsys: pytest.CaptureFixture[str]
) -> None:
    def command() -> int:
        raise error

    assert code == guarded("a-program", command)
    said = capsys.readouterr().err
    assert ("" if isinstance(error, KeyboardInterrupt) else "a-program: x\n") == said


def test_each_line_of_an_error_names_the_program_and_steers_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def command() -> int:
        raise ConfigError("one\ntwo\x1b[2J")

    guarded("p", command)
    assert "p: one\np: two\\u001b[2J\n" == capsys.readouterr().err


def test_a_bug_keeps_its_traceback() -> None:
    def command() -> int:
        raise IndexError

    with pytest.raises(IndexError):
        guarded("p", command)


def test_an_interrupted_command_is_130(tmp_path: Path) -> None:
    gate = Gate()
    with serving() as web:
        process = subprocess.Popen(
            command("train", web.put("/slow", gate.answer), "--build-uuid", "b1"),
            cwd=tmp_path,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A shell's background job, which the tests may be, hands on that SIGINT is ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread has a lock there
        )
        gate.wait()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        gate.open()
    assert (130, b"", b"") == (process.returncode, out, err)


def test_a_reader_that_has_seen_enough_ends_a_command_quietly(tmp_path: Path) -> None:
    process = subprocess.Popen(
        command("check-config"),
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert b"" == process.stderr.read()
    process.stderr.close()
    assert 0 == process.wait(30)


def test_the_module_is_the_command(tmp_path: Path) -> None:
    ended = subprocess.run(
        command("--version"),
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert ended.stdout.startswith("log-processor 0.")


def test_a_terminal_that_cannot_show_a_character_gets_its_name(
    run: Ran, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    assert 4 == cli.main(["models", "forget", "\u4e16"])
    assert b"0 segments of build \\u4e16 forgotten\n" == raw.getvalue()
