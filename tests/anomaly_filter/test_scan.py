from __future__ import annotations

from collections.abc import Iterator

import pytest

from anomaly_filter import DEFAULT_THRESHOLD, AnomalyFilter, Line, lines
from anomaly_filter.reasons import BLOCK, ERROR, NOVEL, NUMBER
from anomaly_filter.scored import NEAR, SHARE
from tests.anomaly_filter.builds import judged, model, numbered, step, steps, word

KNOWN = step(0)


# ---- one by one ----


def test_a_line_is_given_a_few_lines_after_it_was_read() -> None:
    read = 0

    def endless() -> Iterator[Line]:
        nonlocal read
        while True:
            read += 1
            yield Line(read, KNOWN)

    scored = AnomalyFilter(model([KNOWN])).scored(endless())
    for number in range(1, 9):
        assert number == next(scored).number
        assert read == number + NEAR


def test_findings_are_complete_when_the_last_line_has_been_given() -> None:
    usual = steps(9)
    scored = AnomalyFilter(model(usual)).scored(numbered(usual[:4]))
    assert [1, 2, 3, 4] == [line.number for line in scored]
    assert ["missing"] == [finding.kind for finding in scored.findings]


def test_numbers_are_those_of_the_lines() -> None:
    scored = AnomalyFilter(model([KNOWN])).scored([Line(7, KNOWN), Line(9, step(1))])
    assert [(7, None), (9, 9)] == [(line.number, line.group) for line in scored]


# ---- the score ----


def scores(*texts: str) -> list[float]:
    return [round(line.score or 0.0, 6) for line in judged(texts, [KNOWN]).lines]


def test_a_line_beside_a_far_one_has_a_share_of_its_distance() -> None:
    beside = [1.0]
    for _ in range(NEAR):
        beside.append(round(beside[-1] * SHARE, 6))
    quiet = [KNOWN] * (NEAR + 2)
    assert [0.0, 0.0, *beside[:0:-1], 1.0, *beside[1:], 0.0, 0.0] == scores(*quiet, step(1), *quiet)


def test_a_line_has_the_larger_of_its_distance_and_its_share() -> None:
    near = " ".join([*KNOWN.split()[:-1], "zap"])  # three words of four
    assert [round(SHARE, 6), 1.0, round(SHARE, 6)] == scores(near, step(1), near)
    assert [0.25] == scores(near)
    assert [round(0.25 * SHARE, 6), 0.25] == scores(KNOWN, near)


def test_of_two_far_lines_the_nearer_one_counts() -> None:
    assert [1.0, round(SHARE, 6), round(SHARE, 6), 1.0] == scores(step(1), KNOWN, KNOWN, step(2))


def test_a_score_does_not_make_a_line_far() -> None:
    assert [False, True, False] == [line.far for line in judged([KNOWN, step(1), KNOWN], [KNOWN]).lines]


def test_without_a_model_there_is_no_score() -> None:
    found = list(AnomalyFilter(None).scored(numbered([KNOWN, "it failed"])))
    assert [(None, None, ()), (None, None, (ERROR,))] == [
        (line.distance, line.score, line.reasons) for line in found
    ]
    assert [None, 2] == [line.group for line in found]


# ---- lines of several parts ----


NINE = " ".join(map(word, range(200, 209)))
FAILED = f"{NINE} failed"
OTHER = " ".join([*NINE.split()[:-1], "zap"])


def test_a_line_has_the_reasons_of_all_its_parts() -> None:
    (line,) = judged([rf"{KNOWN}\nrc=2 of it\n{FAILED}\nzap"], [KNOWN, NINE, "rc=0 of it"]).lines
    assert (NOVEL, ERROR, NUMBER) == line.reasons
    assert (1.0, None) == (line.distance, line.nearest)


@pytest.mark.parametrize("parts", [(FAILED, OTHER), (OTHER, FAILED)])
def test_of_several_parts_the_distance_and_the_nearest_line_are_of_the_same(parts: tuple[str, str]) -> None:
    usual = [NINE, step(1), "zip zop zup zep zap zappa"]
    (line,) = judged([r"\n".join(["zip zop zup zep zap other", *parts])], usual).lines
    assert (ERROR,) == line.reasons
    alone = [judged([part], usual).lines[0] for part in ("zip zop zup zep zap other", *parts)]
    assert (line.distance, line.nearest) in [(part.distance, part.nearest) for part in alone]
    assert line.distance == max(part.distance or 0.0 for part in alone)


def test_a_carriage_return_hides_no_error() -> None:
    assert [ERROR] == [r for r in judged([f"10%\r20%\r{FAILED}"], [NINE]).lines[0].reasons if r != NOVEL]


def test_each_part_is_counted() -> None:
    usual = [*steps(40), "zap zip"]
    target = [*steps(40), r"\n".join(["zap zip"] * 100)]
    assert ["burst"] == judged(target, usual).kinds
    assert [] == judged([r"\n".join(usual)], usual).kinds


def test_a_line_of_blank_and_known_parts_is_a_line_with_words() -> None:
    for text in (f"\r{KNOWN}", rf"12:00:00\n{KNOWN}", f"{KNOWN}\r"):
        assert () == judged([text] * 3, [text] * 3).findings


# ---- nothing read ----


@pytest.mark.parametrize("target", [[], [""], ["12:00:00", "--", "42"]])
def test_a_log_in_which_nothing_can_be_read_says_so(target: list[str]) -> None:
    found = judged(target, [KNOWN])
    assert ["nothing_read"] == found.kinds
    assert [] == found.shown
    without = AnomalyFilter(None).scored(numbered(target))
    assert len(target) == len(list(without))
    assert ["nothing_read"] == [finding.kind for finding in without.findings]


def test_a_log_with_a_word_has_been_read() -> None:
    assert () == judged(["12:00:00", KNOWN], [KNOWN]).findings
    without = AnomalyFilter(None).scored(numbered(["12:00:00", KNOWN]))
    assert 2 == len(list(without))
    assert () == without.findings


# ---- groups ----


def test_a_block_of_far_lines_is_told_once() -> None:
    found = judged([KNOWN, *steps(3, first=1), KNOWN], [KNOWN])
    assert [None, 2, 2, 2, None] == found.groups
    assert [(), (NOVEL,), (NOVEL, BLOCK), (NOVEL, BLOCK), ()] == [line.reasons for line in found.lines]
    assert [step(1)] == found.shown


def test_a_repeated_line_is_told_once_and_is_no_block() -> None:
    found = judged([step(1), *[KNOWN] * 9, step(1)], [KNOWN])
    assert (1, 1) == (found.groups[0], found.groups[-1])
    assert ((NOVEL,), False) == (found.lines[-1].reasons, found.lines[-1].shown)


def test_a_line_with_a_reason_of_its_own_is_shown_within_a_block() -> None:
    found = judged([step(1), "zap zip failed", step(2)], [KNOWN])
    assert [step(1), "zap zip failed", step(2)] == found.shown
    assert [1, 2, 3] == found.groups


def test_a_known_line_whose_number_turned_bad_is_shown() -> None:
    assert ["ran 3 tests"] == judged([KNOWN, "ran 3 tests"], [KNOWN, "ran 100 tests"]).shown


def test_a_line_that_is_not_far_has_no_fingerprint_and_no_group() -> None:
    (line,) = judged([KNOWN], [KNOWN]).lines
    assert (False, False, None, None) == (line.far, line.shown, line.fingerprint, line.group)


# ---- secrets ----

SECRET = "login with password=hunter now"


def test_no_line_shows_a_secret() -> None:
    for target in ([SECRET], [f"{SECRET} failed"], [rf"one\n{SECRET}"], [f"{SECRET}\t"]):
        assert "hunter" not in repr(judged(target, [KNOWN]).lines)
        assert "hunter" not in repr(judged(target, [SECRET]).lines)


def test_a_second_scan_shows_the_lines_it_is_told_to() -> None:
    target = [step(1), step(2), "zap failed", KNOWN]
    found = judged(target, [KNOWN], only=frozenset([2]))
    assert [step(2), "zap failed"] == found.shown
    assert [(), (NOVEL,)] == [line.reasons for line in found.lines[:2]]
    assert [step(1), step(2), "zap failed"] != found.shown
    assert ["zap failed"] == judged(target, [KNOWN], only=frozenset()).shown


def test_a_line_that_is_not_far_is_not_shown_even_if_told() -> None:
    assert [] == judged([KNOWN], [KNOWN], only=frozenset([1])).shown


def test_a_threshold_changes_what_is_far_and_no_distance() -> None:
    target = [KNOWN, OTHER, step(1)]
    found = [judged(target, [KNOWN, NINE], threshold=threshold) for threshold in (0, DEFAULT_THRESHOLD, 1)]
    assert 1 == len({tuple(line.distance for line in each.lines) for each in found})
    assert 1 == len({tuple(line.score for line in each.lines) for each in found})
    assert [3, 1, 1] == [sum(line.far for line in each.lines) for each in found]


def test_a_log_of_github_actions_is_judged_without_its_envelope() -> None:
    usual = [f"build\tcompile\t2024-06-01T12:00:00.1Z {KNOWN}"]
    assert [] == judged([f"test (3.11)\tSet up job\t2024-07-02T09:00:00.7Z {KNOWN}"], usual).shown
    assert [0.0] == [line.distance for line in judged([KNOWN], usual).lines]


def test_a_log_is_judged_as_bytes_too() -> None:
    scored = AnomalyFilter(model([KNOWN])).scored(lines([f"{KNOWN}\r\n\x1b[31mzap failed\x1b[0m\n".encode()]))
    assert [(), (NOVEL, ERROR)] == [line.reasons for line in scored]
