from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from log_processor.setup.cli import build_parser, main

ROOT = Path(__file__).parents[3]


def test_help_imports_no_client() -> None:
    code = (
        "import sys\nfrom log_processor.setup.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('elasticsearch', 'urllib3', 'yaml') if name in sys.modules], file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )

    assert "[]\n" == ended.stderr
    assert "examples:" in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "step", "keep", "dry_run"),
    [
        ([], "all", 30, False),
        (["--dry-run"], "all", 30, True),
        (["--dry-run", "templates"], "templates", 30, True),
        (["templates", "--dry-run"], "templates", 30, True),
        (["--keep", "60d", "lifecycle"], "lifecycle", 60, False),
        (["--keep", "60d", "lifecycle", "--keep", "90d"], "lifecycle", 90, False),
        (["prune", "--keep", "1d"], "prune", 1, False),
        (["export"], "export", 30, False),
    ],
)
def test_options_may_stand_on_either_side_of_the_step(
    arguments: list[str], step: str, keep: int, *, dry_run: bool
) -> None:
    args = build_parser().parse_args(arguments)

    assert (step, keep, dry_run) == (args.step, args.keep, args.dry_run)


@pytest.mark.parametrize(
    "arguments",
    [
        ["prune"],
        ["prune", "--keep", "30"],
        ["prune", "--keep", "0d"],
        ["--keep", "-1d"],
        ["prune", "--force", "--keep", "3d"],
        ["nothing"],
    ],
)
def test_what_is_no_command_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        build_parser().parse_args(arguments)
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--dry-run", "check"], "--dry-run and --force do not go with check"),
        (["--force", "export"], "--dry-run and --force do not go with export"),
        (["--force", "prune", "--keep", "3d"], "--force does not go with prune"),
        (["--store", "sqlite:///x"], "store.url is of sqlite"),
        (["--store", "logstash+tcp://h:1", "templates"], "store.url is of logstash+tcp"),
        (["--store", "https://u:p@host", "templates"], "a URL must not hold a password"),
        (["dashboards"], "no address of Kibana: give --kibana URL"),
        (["--kibana", "kibana.example.org", "dashboards"], "kibana.url: expected http://host:port"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("ES_URL", "ELASTICSEARCH_HOSTS", "KIBANA_URL"):
        monkeypatch.delenv(variable, raising=False)

    assert 2 == main(arguments)
    error = capsys.readouterr().err
    assert error.startswith("anomaly-setup: ")
    assert message in error
    assert ":p@" not in error


def test_everything_is_exported_under_the_names_in_force(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOG_PROCESSOR_STORE_INDEX_PREFIX", "ci-")

    assert 0 == main(["export", "--keep", "90d"])

    found = json.loads(capsys.readouterr().out)
    assert ["ci-*"] == found["_index_template/log-processor-ci-lines"]["index_patterns"]
    assert "90d" == found["_ilm/policy/log-classify"]["policy"]["phases"]["delete"]["min_age"]
    assert 10 == len(found)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("LOG_PROCESSOR_STORE_FINGERPRINT", "ab:cd", "store.fingerprint: expected 64 hexadecimal digits"),
        ("KIBANA_URL", "https://u:p@kibana", "a URL must not hold a password"),
        ("LOG_PROCESSOR_KIBANA_SPACE", "../x", "kibana.space: expected small letters"),
    ],
)
def test_what_is_wrong_in_the_environment_is_named(
    variable: str,
    value: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(variable, value)

    assert 2 == main(["templates"])
    error = capsys.readouterr().err
    assert error.startswith(f"anomaly-setup: {variable}: ")
    assert message in error


@pytest.mark.parametrize("fingerprint", ["AB" * 32, ":".join(["ab"] * 32)])
def test_a_fingerprint_may_have_colons(
    fingerprint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOG_PROCESSOR_STORE_FINGERPRINT", fingerprint)

    assert 3 == main(["templates", "--store", "https://127.0.0.1:1"])
    assert "cannot be reached" in capsys.readouterr().err
