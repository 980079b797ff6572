#!/usr/bin/python
"""The Ansible module that queues the log files of a finished Zuul build for log-processor."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from urllib.parse import quote

from ansible.module_utils.basic import AnsibleModule

try:
    import gear
except ImportError:
    gear = None

DOCUMENTATION = """
module: submit_log_processor_jobs
short_description: Queue the log files of a Zuul build for log-processor
description:
  - Looks for the files of a build that match a list of patterns, and submits a background job for each one to a
    gearman server. Takes the arguments of the module of this name that OpenDev's jobs used.
  - A job carries a C(unique) made of build and file, so that submitting twice is submitting once where the server
    supports that, as gearmand does.
options:
  gearman_server:
    description: Name or address of the gearman server.
    required: true
    type: str
  gearman_port:
    description: TCP port of the gearman server.
    default: 4730
    type: int
  gearman_timeout:
    description: Seconds to wait for the gearman server, and for its answer to a job.
    default: 90
    type: int
  host_vars:
    description: The variables of all hosts, C(hostvars).
    required: true
    type: dict
  path:
    description: Folder on the executor that has the logs.
    required: true
    type: path
  config:
    description:
      - What to submit. Its C(files) is a list of dictionaries with C(name), an unanchored regular expression, and
        C(tags); the first one that is found in a file's path counts.
    required: true
    type: dict
  success:
    description: Whether the build succeeded.
    required: true
    type: bool
  log_url:
    description: URL of the folder that has the logs, once they are uploaded.
    required: true
    type: str
  job:
    description: Name of the gearman function.
    default: push-log
    type: str
"""

EXAMPLES = """
- name: Queue the logs
  submit_log_processor_jobs:
    gearman_server: gearman.example.org
    config:
      files:
        - name: job-output\\.txt
          tags: [console]
    success: "{{ zuul_success }}"
    host_vars: "{{ hostvars }}"
    path: "{{ zuul.executor.log_root }}"
    log_url: https://logs.example.org/b42/
"""

RETURN = """
files:
  description: The paths below the folder that matched.
  returned: always
  type: list
jobs:
  description: What was submitted. Its C(handle) is the server's name for the job, its C(arguments) the payload.
  returned: always
  type: list
"""

Fields = dict[str, Any]
Rules = Sequence[tuple["re.Pattern[str]", list[str]]]


def main() -> None:
    """Do what a task asks for."""
    module = AnsibleModule(
        argument_spec={
            "gearman_server": {"type": "str", "required": True},
            "gearman_port": {"type": "int", "default": 4730},
            "gearman_timeout": {"type": "int", "default": 90},
            "host_vars": {"type": "dict", "required": True},
            "path": {"type": "path", "required": True},
            "config": {"type": "dict", "required": True},
            "success": {"type": "bool", "required": True},
            "log_url": {"type": "str", "required": True},
            "job": {"type": "str", "default": "push-log"},
        },
        supports_check_mode=True,
    )
    given = module.params
    try:
        rules = compiled(given["config"])
        build = build_fields(given["host_vars"], success=given["success"])
    except ValueError as error:
        module.fail_json(msg=str(error), files=[], jobs=[])
    files = list(matching(given["path"], rules))
    build["build_files"] = len(files)
    payloads = [payload(build, name, tags, given["log_url"]) for name, tags in files]
    names = [name for name, _ in files]
    if module.check_mode or not payloads:
        module.exit_json(changed=bool(payloads), files=names, jobs=[])
    if gear is None:
        module.fail_json(
            msg="the Python package gear is missing; install it for the Python that runs Ansible's modules",
            files=names,
            jobs=[],
        )
    jobs: list[Fields] = []
    try:
        for job in submitted(given, build["build_uuid"], names, payloads):
            jobs.append(job)  # noqa: PERF402 - what was submitted before an error counts
    except Exception as error:  # noqa: BLE001 - gear's errors have no common base
        module.fail_json(
            msg=(
                f"the gearman server {given['gearman_server']}:{given['gearman_port']} took {len(jobs)} of "
                f"{len(payloads)} jobs: {error or type(error).__name__}; when it is back, the same task submits the rest"
            ),
            files=names,
            jobs=jobs,
        )
    module.exit_json(changed=True, files=names, jobs=jobs)


def compiled(config: Mapping[str, Any]) -> Rules:
    """Return the patterns and their tags, in order.

    Raises:
        ValueError: something is missing, or a pattern is no regular expression.
    """
    files = config.get("files")
    if not isinstance(files, list):
        raise ValueError(  # noqa: TRY004 - main tells ValueErrors
            "config: expected `files`, a list of dictionaries with `name` and `tags`"
        )
    rules = []
    for rule in files:
        if not isinstance(rule, dict) or not isinstance(rule.get("name"), str):
            raise ValueError(  # noqa: TRY004 - main tells ValueErrors
                f"config.files: expected dictionaries with `name` and `tags`, got {rule!r}"
            )
        try:
            rules.append((re.compile(rule["name"]), [str(tag) for tag in rule.get("tags") or []]))
        except re.error as error:
            raise ValueError(f"config.files: {rule['name']!r} is no regular expression: {error}") from error
    return rules


def matching(path: str, rules: Rules) -> Iterator[tuple[str, list[str]]]:
    """Give the files below a folder that match, by name, with their tags."""
    for name in sorted(_files(path)):
        for pattern, tags in rules:
            if pattern.search(name):
                yield name, tags
                break


def _files(path: str) -> Iterator[str]:
    for folder, _, names in os.walk(path):
        for name in names:
            relative = os.path.relpath(os.path.join(folder, name), path)
            # A name that is not UTF-8 can be neither in a payload nor in a URL.
            if not any("\ud800" <= character <= "\udfff" for character in relative):
                yield relative


def build_fields(host_vars: Mapping[str, Any], *, success: bool) -> Fields:
    """Return what all jobs of the build say of it.

    Raises:
        ValueError: no host has Zuul's variables.
    """
    hosts = [host for host in host_vars.values() if isinstance(host, dict) and "zuul" in host]
    if not hosts:
        raise ValueError("host_vars: no host has the variable `zuul`; pass `host_vars: '{{ hostvars }}'`")
    nodes = [host["nodepool"] for host in hosts if isinstance(host.get("nodepool"), dict)]
    zuul = next((host for host in hosts if "nodepool" in host), hosts[0])["zuul"]
    try:
        fields = _of_zuul(zuul, "SUCCESS" if success else "FAILURE")
    except KeyError as error:
        raise ValueError(f"host_vars: zuul has no {error}; is this a Zuul job?") from error
    # A build without nodes has none of these, and is submitted all the same.
    fields["build_node"] = nodes[0].get("label") if nodes else None
    fields["node_provider"] = nodes[0].get("provider") if nodes else None
    fields["build_hostids"] = [node["host_id"] for node in nodes if "host_id" in node]
    return {key: value for key, value in fields.items() if value is not None}


def _of_zuul(zuul: Mapping[str, Any], status: str) -> Fields:
    executor = zuul.get("executor", {}).get("hostname")
    fields: Fields = {
        "build_name": zuul["job"],
        "build_status": status,
        "build_master": executor,
        "project": zuul["project"]["name"],
        "voting": int(zuul.get("voting", True)),
        "build_uuid": zuul["build"],
        "build_short_uuid": zuul["build"][:7],
        "build_queue": zuul.get("pipeline"),
        "build_ref": zuul.get("ref"),
        "build_branch": zuul.get("branch", "UNKNOWN"),
        "build_zuul_url": "N/A",
        "zuul_executor": executor,
        "zuul_attempts": zuul.get("attempts"),
        "build_start": _started(zuul),
    }
    if "change" in zuul:
        fields["build_change"] = zuul["change"]
        fields["build_patchset"] = zuul.get("patchset")
    elif "newrev" in zuul:
        fields["build_newrev"] = zuul["newrev"]
    return fields


def _started(zuul: Mapping[str, Any]) -> str | None:
    """Return when the build began: the time at which its inventory was written, which Zuul does before a job runs."""
    root = zuul.get("executor", {}).get("log_root")
    inventory = os.path.join(root, "zuul-info", "inventory.yaml") if root else ""
    try:
        moment = datetime.fromtimestamp(os.path.getmtime(inventory), timezone.utc)
    except OSError:
        return None
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def payload(build: Fields, name: str, tags: Iterable[str], log_url: str) -> str:
    """Return the job of a file."""
    base = name.rsplit("/", 1)[-1]
    names = [base, base[: -len(".gz")]] if base.endswith(".gz") else [base]
    url = f"{log_url.rstrip('/')}/{quote(name)}"
    event = {"fields": {**build, "filename": name, "log_url": url}, "tags": [*names, *tags]}
    return json.dumps({"retry": False, "event": event, "source_url": url})


def unique(build_uuid: str, name: str) -> str:
    """Return what makes one file one job: the same as `log-processor submit` has."""
    return hashlib.sha1(f"{build_uuid}\0{name}".encode(), usedforsecurity=False).hexdigest()


def submitted(
    given: Mapping[str, Any], build_uuid: str, names: Sequence[str], payloads: Sequence[str]
) -> Iterator[Fields]:
    """Submit jobs one after the other, and give what the server says to each."""
    client = gear.Client()
    try:
        client.addServer(given["gearman_server"], given["gearman_port"])
        client.waitForServer(timeout=given["gearman_timeout"])
        for name, arguments in zip(names, payloads):  # noqa: B905 - executors have older Pythons
            job = gear.TextJob(given["job"], arguments, unique(build_uuid, name))
            client.submitJob(job, background=True, timeout=given["gearman_timeout"])
            yield {"handle": job.handle.decode("utf-8", "replace"), "arguments": arguments}
    finally:
        client.shutdown()


if __name__ == "__main__":
    main()
