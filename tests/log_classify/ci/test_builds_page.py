"""docs/builds.md says what the code does."""

from __future__ import annotations

import pytest

from log_classify.ci import baselines, build, github, gitlab, prow, zuul
from log_classify.parsers import job
from log_processor.fetch import documents
from tests.log_classify.console import ROOT

PAGE = " ".join((ROOT / "docs/builds.md").read_text("utf-8").split())


@pytest.mark.parametrize(
    "sentence",
    [
        f"| same project | {baselines.SAME_PROJECT} |",
        f"| same branch | {baselines.SAME_BRANCH} |",
        f"not a proposal | {baselines.MERGED} |",
        f"`allow_failure`) | {baselines.VOTING} |",
        f"\u2212{baselines._AGE_UNKNOWN} where its age is unknown",
        f"The best `--count` ({job._COUNT})",
        f"the last {zuul._PAGE_SIZE} passed builds",
        f"fewer than `--count` + {build.SPARE}, also the last {zuul._PAGE_SIZE} of the job",
        f"the last {prow._SPAN.days} days before it",
        f"the {prow._LOOKED_AT} nearest in time, until `--count` + {build.SPARE}",
        f"the last {github._PAGE_SIZE} passed runs",
        f"the last {gitlab._PAGES * gitlab._PAGE_SIZE} passed jobs",
        f"up to {documents._LARGEST // 2**20} MiB",
    ],
)
def test_the_page_has_the_numbers_of_the_code(sentence: str) -> None:
    assert sentence in PAGE


def test_the_page_names_the_pipelines_of_merged_code() -> None:
    *names, last = zuul._MERGED
    assert f"says {', '.join(names)} or {last}" in PAGE


def test_the_page_says_when_trying_ends() -> None:
    assert 10 == baselines._FRUITLESS
    assert "after ten such builds no more are tried" in PAGE
    assert 4 == 1 + len(documents._PAUSES)
    assert "is asked four times" in PAGE
