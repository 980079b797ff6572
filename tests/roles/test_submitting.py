"""What `submit-logstash-jobs` queues, run by Ansible against real gearman servers."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from log_processor.job import decode, job_unique
from log_processor.queue_status import function_status
from log_processor.source import GearmanSource, GearmanSubmitter
from tests.roles import ansible
from tests.services.gearman import HOST, Gearmand, GearmanServer

pytestmark = pytest.mark.services("ansible")

_LOG_URL = "https://logs.example.org/5b2/"
_RULES = {
    "files": [
        {"name": r"job-output\.txt", "tags": ["console", "console.html"]},
        {"name": r"screen-.*\.txt", "tags": ["screen", "oslofmt"]},
    ]
}
_NODE = {"label": "ubuntu-jammy", "provider": "rax-DFW", "host_id": "a1b2c3"}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """The folder of a build on the executor."""
    for name in ("job-output.txt", "controller/screen-n-cpu.txt.gz", "picture.png", "a #1/screen-é.txt"):
        (tmp_path / "logs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "logs" / name).write_text("a line\n")
    (tmp_path / "results.json").write_text(json.dumps({"zuul": {"log_url": _LOG_URL}}))
    return tmp_path


def submit(work: Path, port: int, *, nodepool: dict[str, str] | None = None, **more: Any) -> str:
    """Run the role; return what Ansible printed."""
    host: dict[str, Any] = {"zuul": ansible.zuul(work)} | ({"nodepool": nodepool} if nodepool else {})
    done = ansible.play(
        work,
        [{"include_role": {"name": "submit-logstash-jobs"}}],
        {"localhost": {"zuul": ansible.zuul(work)}, "node": host},
        **{
            "zuul_success": False,
            "logstash_gearman_server": HOST,
            "logstash_gearman_port": port,
            "logstash_processor_config": _RULES,
            **more,
        },
    )
    assert (done.returncode == 0) is ("failed=0" in done.stdout)
    return done.stdout + done.stderr


def waiting(server: GearmanServer) -> int:
    """Return how many jobs are queued."""
    status = function_status(HOST, server.port, "push-log")
    return status.total if status else 0


def queued(server: GearmanServer, count: int) -> list[dict[str, Any]]:
    """Take jobs off the queue; return what they carry."""
    source = GearmanSource(HOST, server.port)
    payloads = []
    for _ in range(count):
        delivery = next(source)
        payloads.append(json.loads(delivery.payload))
        delivery.ack()
    source.close()
    return payloads


def test_each_file_that_matches_is_one_job_with_the_payload_that_workers_know(
    gearman_server: GearmanServer, work: Path
) -> None:
    assert "failed=0" in submit(work, gearman_server.port, nodepool=_NODE)
    jobs = queued(gearman_server, 3)
    by_name = {job["event"]["fields"]["filename"]: job for job in jobs}
    assert {"a #1/screen-é.txt", "controller/screen-n-cpu.txt.gz", "job-output.txt"} == set(by_name)
    url = f"{_LOG_URL}controller/screen-n-cpu.txt.gz"
    assert {
        "retry": False,
        "source_url": url,
        "event": {
            "tags": ["screen-n-cpu.txt.gz", "screen-n-cpu.txt", "screen", "oslofmt"],
            "fields": {
                "filename": "controller/screen-n-cpu.txt.gz",
                "build_name": "unit",
                "build_status": "FAILURE",
                "build_node": "ubuntu-jammy",
                "build_hostids": ["a1b2c3"],
                "build_master": "ze01.example.org",
                "project": "org/app",
                "voting": 1,
                "build_uuid": "5b2c0fe3f9f94f9f8b9a1c2d3e4f5a6b",
                "build_short_uuid": "5b2c0fe",
                "build_queue": "check",
                "build_ref": "refs/changes/61/829161/3",
                "build_branch": "master",
                "build_zuul_url": "N/A",
                "build_change": 829161,
                "build_patchset": "3",
                "node_provider": "rax-DFW",
                "log_url": url,
                "zuul_executor": "ze01.example.org",
                "zuul_attempts": 1,
                "build_files": 3,
            },
        },
    } == by_name["controller/screen-n-cpu.txt.gz"]
    assert ["job-output.txt", "console", "console.html"] == by_name["job-output.txt"]["event"]["tags"]
    assert f"{_LOG_URL}a%20%231/screen-%C3%A9.txt" == by_name["a #1/screen-é.txt"]["source_url"]
    assert 3 == decode(json.dumps(by_name["job-output.txt"]).encode()).build_files


@pytest.mark.services("gearmand")
def test_a_file_that_is_submitted_twice_is_one_job(gearmand: Gearmand, work: Path) -> None:
    submit(work, gearmand.port)
    submit(work, gearmand.port)
    assert 3 == waiting(gearmand)


def test_a_build_without_nodes_is_submitted_and_says_when_it_began(
    gearman_server: GearmanServer, work: Path
) -> None:
    inventory = work / "logs/zuul-info/inventory.yaml"
    inventory.parent.mkdir()
    inventory.write_text("all: {}\n")
    os.utime(inventory, (1_700_000_000, 1_700_000_000))
    assert "failed=0" in submit(work, gearman_server.port, zuul_success=True)
    fields = queued(gearman_server, 3)[0]["event"]["fields"]
    assert "SUCCESS" == fields["build_status"]
    assert "2023-11-14T22:13:20Z" == fields["build_start"]
    assert "build_node" not in fields
    assert [] == fields["build_hostids"]


def test_a_server_that_is_away_is_an_error_that_names_it(work: Path) -> None:
    task = {
        "submit_log_processor_jobs": {
            "gearman_server": HOST,
            "gearman_port": 1,
            "gearman_timeout": 1,
            "config": _RULES,
            "success": True,
            "host_vars": "{{ hostvars }}",
            "path": str(work / "logs"),
            "log_url": _LOG_URL,
        }
    }
    done = ansible.play(
        work,
        [{"import_role": {"name": "submit-log-processor-jobs"}}, task],
        {"localhost": {"zuul": ansible.zuul(work)}},
    )
    assert 2 == done.returncode
    assert "the gearman server 127.0.0.1:1 took 0 of 3 jobs" in done.stdout


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({}, "expected `files`"),
        ({"files": [{"name": "("}]}, "is no regular expression"),
        ({"files": ["job-output"]}, "expected dictionaries"),
    ],
)
def test_a_wrong_configuration_is_an_error_that_says_what_is_expected(
    work: Path, config: dict[str, Any], said: str
) -> None:
    assert said in submit(work, 1, logstash_processor_config=config)


def test_the_unique_of_a_file_is_that_of_our_own_submitter(gearman_server: GearmanServer, work: Path) -> None:
    # Of two jobs with one `unique`, gearmand keeps one; that there is one says that both made the same.
    submit(work, gearman_server.port)
    submitter = GearmanSubmitter(HOST, gearman_server.port)
    submitter.submit(b"{}", job_unique("5b2c0fe3f9f94f9f8b9a1c2d3e4f5a6b", "job-output.txt"))
    submitter.close()
    jobs = waiting(gearman_server)
    assert jobs == (3 if gearman_server.coalesces else 4)


def test_the_roles_are_as_ansible_wants_them(work: Path) -> None:
    done = ansible.lint(work)
    assert 0 == done.returncode, done.stdout + done.stderr
