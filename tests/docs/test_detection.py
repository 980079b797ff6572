"""What docs/detection.md says is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from anomaly_filter import (
    DEFAULT_THRESHOLD,
    FINDINGS,
    REASONS,
    AnomalyFilter,
    Model,
    ScoredLine,
    SegmentBuilder,
    blocks,
    census,
    expected,
    judge,
    lines,
    order,
    scored,
    values,
)

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "detection.md").read_text("utf-8").split())
ROWS = re.findall(r"\| `(\w+)` \| ([^|]+) \| ([^|]+) \|(?: `([^|]+)` \| `([^|]+)` \|)?", PAGE)
EXAMPLES = {kind: (needs, passed, failed) for kind, _, needs, passed, failed in ROWS if passed}


@pytest.mark.parametrize(
    "words",
    [
        f"The distance is {DEFAULT_THRESHOLD:g} or more",
        f"replaces the {DEFAULT_THRESHOLD:g} of `novel`",
        f"distance is at least {judge._LEAST_DISTANCE:g}",
        f"less than {expected._SHRUNK:g} of the lowest",
        f"at most {values.MOST_VALUES} values, each in {values.VALUE_LINES} lines or more, and {values.PLACE_LINES} in all",
        f"own nearest line is {judge._LONELY:g} times as far",
        f"fall from {judge._LARGE} or more, not from {judge._LARGE_EVERYWHERE}",
        f"no more than {blocks._QUIET} other lines between",
        f"{blocks._HEAT} far lines after",
        f"{blocks._FRAMES} frames are shown",
        f"{blocks._ALIKE} are shown, the first one stands for the rest",
        f"{scored.SHARE:g} of the neighbours' scores",
        f"At most {census._OF_A_KIND} of a kind",
        f"comes {census.BURST} times or more, {census._BURST_FACTOR} times as often",
        f"silent for {census.GAP_SECONDS} seconds or more: at least {census._GAP_FACTOR} times as long",
        f"more than {census._GAP_OF_ALL:g} times the longest silence",
        f"moved by {order.FAR} places or more",
        f"and {census._UNFIT_LINES} at least, are novel",
        f"the {census.WORST} farthest lines are shown",
    ],
)
def test_a_number_is_the_one_of_the_code(words: str) -> None:
    assert words in PAGE


def test_the_page_has_every_reason_and_every_finding_in_their_order() -> None:
    assert [*REASONS, *FINDINGS] == [row[0] for row in ROWS]


@pytest.mark.parametrize("reason", EXAMPLES)
def test_the_example_of_a_reason_has_it(reason: str) -> None:
    needs, passed, failed = EXAMPLES[reason]
    assert reason in _judged(failed, passed, baselines=int(needs[0])).reasons


def test_what_needs_two_baselines_is_not_there_with_one() -> None:
    _, passed, failed = EXAMPLES["fixed"]
    assert "fixed" not in _judged(failed, passed, baselines=1).reasons


def test_every_reason_but_the_one_given_beside_others_has_an_example() -> None:
    assert [reason for reason in REASONS if reason != "block"] == list(EXAMPLES)


def test_durations_are_told_from_each_other_by_nothing_but_a_gap() -> None:
    took, took_longer = re.findall(r"`(took [^`]+)`", PAGE)
    assert not _judged(took_longer, took, baselines=2).far


def _judged(line: str, passed: str, *, baselines: int) -> ScoredLine:
    """Judge a line by builds that have printed another one often."""
    segments = []
    for build in range(baselines):
        builder = SegmentBuilder(build=str(build), file="job.log")
        builder.learn(lines([f"{passed}\n".encode() * 8]))
        segments.append(builder.segment())
    [scored] = AnomalyFilter(Model(segments)).scored(lines([line.encode()]))
    return scored
