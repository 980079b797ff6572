"""Runs the roles with the real Ansible, on this machine, as Zuul's executor would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_BIN = Path(sys.executable).parent
_UUID = "5b2c0fe3f9f94f9f8b9a1c2d3e4f5a6b"


def program(name: str) -> Path:
    """Return where a program of the environment is."""
    return _BIN / name


def missing() -> str | None:
    """Say why Ansible cannot run here; None when it can."""
    there = all((_BIN / name).exists() for name in ("ansible-playbook", "ansible-lint"))
    return None if there else "ansible needs its packages: make .venv/.ansible"


def zuul(work: Path, **more: Any) -> dict[str, Any]:
    """Return the variables of a build, of which `work` is the folder on the executor."""
    return {
        "build": _UUID,
        "job": "unit",
        "project": {"name": "org/app", "canonical_name": "git.example.org/org/app"},
        "pipeline": "check",
        "ref": "refs/changes/61/829161/3",
        "branch": "master",
        "voting": True,
        "change": 829161,
        "patchset": "3",
        "attempts": 1,
        "executor": {
            "hostname": "ze01.example.org",
            "work_root": str(work),
            "log_root": str(work / "logs"),
            "result_data_file": str(work / "results.json"),
        },
        **more,
    }


def play(
    work: Path, tasks: list[dict[str, Any]], hosts: dict[str, dict[str, Any]], **variables: Any
) -> subprocess.CompletedProcess[str]:
    """Run tasks on hosts, all of which are this machine."""
    inventory = {
        "all": {
            "hosts": {name: {"ansible_connection": "local", **values} for name, values in hosts.items()},
            "vars": {"ansible_python_interpreter": sys.executable, **variables},
        }
    }
    book = [{"hosts": next(iter(hosts)), "gather_facts": False, "tasks": tasks}]
    (work / "inventory.json").write_text(json.dumps(inventory))
    (work / "play.json").write_text(json.dumps(book))
    return _run(
        work, "ansible-playbook", "--inventory", str(work / "inventory.json"), str(work / "play.json")
    )


def lint(work: Path) -> subprocess.CompletedProcess[str]:
    """Look for mistakes in the roles."""
    return _run(work, "ansible-lint", "--offline", "--nocolor", "roles")


def _run(work: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "ANSIBLE_ROLES_PATH": str(ROOT / "roles"),
        "ANSIBLE_LIBRARY": str(ROOT / "tests/roles/library"),
        "ANSIBLE_LOCAL_TEMP": str(work / "ansible"),
        "ANSIBLE_REMOTE_TEMP": str(work / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ZUUL_RESULT_DATA": str(work / "results.json"),
        "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(
        [_BIN / program, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
