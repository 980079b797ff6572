"""Whose models are taken where a folder has those of several jobs."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest

from anomaly_filter import SegmentBuilder, lines, model_name
from log_classify.run.models import Models
from log_classify.run.which import chosen
from log_processor.errors import ConfigError

NOW = datetime(2026, 1, 31, tzinfo=timezone.utc)
APP = {"project": "org/app", "build_name": "unit tests", "build_branch": "stable/1"}


def models(root: Path, *jobs: dict[str, str]) -> Models:
    """Models of jobs, one file each."""
    found = Models(root)
    for fields in jobs:
        builder = SegmentBuilder("build", "job.log")
        builder.learn(lines([b"all tests passed\n"]))
        name = model_name({**fields, "filename": "deep/below/job.log"})
        found.store().learn(name, builder.segment(), built_at=NOW, now=NOW)
    return found


def test_the_only_job_is_taken_whatever_its_name(tmp_path: Path) -> None:
    assert chosen(models(tmp_path, APP), "m", {}) == APP


def test_of_several_jobs_one_has_to_be_named(tmp_path: Path) -> None:
    lint = {**APP, "build_name": "lint"}
    several = models(tmp_path, APP, lint)
    with pytest.raises(ConfigError, match="models of lint, unit tests; say which one fits with --job"):
        chosen(several, "m", {})
    assert lint == chosen(several, "m", {"build_name": "lint"})


def test_a_job_that_is_not_there_is_an_error_that_says_which_are(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match="no models for --project org/app and --job docs; it has those of unit tests"
    ):
        chosen(models(tmp_path, APP), "m", {"build_name": "docs", "project": "org/app"})


def test_what_differs_among_the_models_of_a_job_is_left_open(tmp_path: Path) -> None:
    several = models(tmp_path, APP, {**APP, "build_branch": "main"})
    assert {"project": "org/app", "build_name": "unit tests"} == chosen(several, "m", {})
    assert APP == chosen(several, "m", {"build_branch": "stable/1"})


def test_an_error_names_only_some_of_many_jobs(tmp_path: Path) -> None:
    many = models(tmp_path, *({**APP, "build_name": f"job-{number:02}\x1b"} for number in range(20)))
    with pytest.raises(ConfigError) as error:
        chosen(many, "m", {})
    assert "job-07\\u001b and 12 more; say" in str(error.value)
