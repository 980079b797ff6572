"""Each finding with a fault and its harmless twins: what has the same shape and does not matter."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from anomaly_filter import FINDINGS, AnomalyFilter, Finding, Model, census
from anomaly_filter.reasons import ERROR, NUMBER
from tests.anomaly_filter.builds import Judged, judged, learnt, numbered, steps, word

BASE = steps(40)
MUCH = 3000
ONE = [BASE]
THREE = [BASE] * 3


def found(kind: str, target: Sequence[str], *builds: Sequence[str]) -> list[Finding]:
    return [finding for finding in judged(target, *builds).findings if finding.kind == kind]


def without(texts: Sequence[str], *places: int) -> list[str]:
    return [text for at, text in enumerate(texts) if at not in places]


def moved(texts: Sequence[str], place: int, to: int) -> list[str]:
    rest = without(texts, place)
    return [*rest[:to], texts[place], *rest[to:]]


baselines = pytest.mark.parametrize("builds", [ONE, THREE], ids=["one baseline", "three baselines"])


@baselines
def test_nothing_is_found_of_a_build_that_is_like_the_others(builds: list[list[str]]) -> None:
    assert Judged(judged(BASE, *builds).lines, (), None) == judged(BASE, *builds)


# ---- missing ----


@baselines
@pytest.mark.parametrize("place", [0, 7, 39])
def test_a_line_that_every_baseline_has_is_missed(builds: list[list[str]], place: int) -> None:
    (finding,) = judged(without(BASE, place), *builds).findings
    assert ("missing", BASE[place], None) == (finding.kind, finding.text, finding.line)
    assert finding.expected
    assert finding.seen


def test_a_line_that_only_some_baselines_have_is_not_missed() -> None:
    assert [] == found("missing", without(BASE, 7), BASE, BASE, without(BASE, 7))


def test_a_line_that_baselines_have_more_or_less_often_is_not_missed() -> None:
    target = without(BASE, 7)
    assert [] == found("missing", target, BASE, [*BASE[:9], BASE[7], *BASE[9:]])
    assert 1 == len(found("missing", target, *[[*BASE[:9], BASE[7], *BASE[9:]]] * 2))


def test_a_line_that_baselines_have_at_several_places_is_not_missed() -> None:
    assert [] == found("missing", without(BASE, 7), BASE, moved(BASE, 7, 20))


def test_a_line_that_has_only_changed_is_not_missed() -> None:
    changed = " ".join([*BASE[7].split()[:-1], "zap"])
    assert [] == found("missing", [*BASE[:7], changed, *BASE[8:]], *THREE)
    assert 1 == len(found("missing", [*BASE[:7], "zap zip zop", *BASE[8:]], *THREE))


@pytest.mark.parametrize(("text", "missed"), [("zap", 0), ("zap zip", 1)])
def test_a_line_of_one_word_is_not_missed(text: str, missed: int) -> None:
    assert missed == len(found("missing", BASE, [*BASE[:7], text, *BASE[7:]]))


@baselines
def test_a_run_of_missing_lines_is_one_finding(builds: list[list[str]]) -> None:
    (finding,) = judged([*BASE[:7], *BASE[12:]], *builds).findings
    assert BASE[7] == finding.text
    assert "4" in finding.expected


@baselines
def test_a_log_that_ends_early_misses_its_tail(builds: list[list[str]]) -> None:
    (finding,) = judged(BASE[:20], *builds).findings
    assert ("missing", BASE[20]) == (finding.kind, finding.text)


def test_the_tail_is_missed_though_its_lines_come_at_several_places() -> None:
    other = moved([*BASE, BASE[25]], 30, 22)
    assert BASE[20] == found("missing", BASE[:20], BASE, other)[0].text


@pytest.mark.parametrize(("gone", "told"), [(2, 2), (3, 3), (4, 3), (9, 3)])
def test_no_more_than_a_few_are_told_and_the_tail(gone: int, told: int) -> None:
    places = range(1, 4 * gone, 4)
    assert told == len(found("missing", without(BASE, *places), BASE))
    assert told + 1 == len(found("missing", without(BASE[:38], *places), BASE))


# ---- burst ----


def repeated(times: int, text: str = BASE[7]) -> list[str]:
    return [*BASE[:7], *[text] * times, *BASE[8:]]


@baselines
def test_a_line_that_comes_a_hundred_times_as_often_is_a_burst(builds: list[list[str]]) -> None:
    (finding,) = found("burst", repeated(100), *builds)
    assert (BASE[7], 8) == (finding.text, finding.line)
    assert "1 " in finding.expected
    assert "100" in finding.seen


@baselines
@pytest.mark.parametrize("times", [2, census.BURST - 1])
def test_a_line_that_comes_a_few_times_is_no_burst(builds: list[list[str]], times: int) -> None:
    assert [] == found("burst", repeated(times), *builds)


@pytest.mark.parametrize(("usual", "times", "bursts"), [(20, 150, 0), (20, 400, 1), (4, 38, 0), (4, 60, 1)])
def test_a_line_that_always_comes_often_has_to_come_very_often(usual: int, times: int, bursts: int) -> None:
    rest = steps(1000, first=100)
    assert bursts == len(found("burst", [*repeated(times), *rest], [*repeated(usual), *rest]))


def test_the_baseline_that_has_it_most_often_counts() -> None:
    assert [] == found("burst", repeated(100), BASE, repeated(60), BASE)


def test_in_a_log_that_is_longer_all_over_nothing_is_a_burst() -> None:
    assert [] == found("burst", BASE * 40, BASE)


def test_progress_is_no_burst() -> None:
    usual = [*BASE, "copied 7%"]
    assert [] == found("burst", [*BASE, *["copied 9%"] * 100], usual)
    assert 1 == len(found("burst", [*BASE, *["copied 9"] * 100], [*BASE, "copied 7"]))


def test_an_unknown_line_is_no_burst() -> None:
    assert [] == found("burst", [*BASE, *["zap zip zop"] * 100], BASE)


def test_the_worst_bursts_are_told_first_and_no_more_than_a_few() -> None:
    texts = [text for at in range(5) for text in [BASE[at]] * (200 + 10 * at)]
    quiet = [*texts, *BASE]
    usual = [*BASE, *steps(2000, first=100)]
    assert [BASE[4], BASE[3], BASE[2]] == [finding.text for finding in found("burst", quiet, usual)]


def test_a_burst_holds_no_secret() -> None:
    usual = [*BASE, "login password=hunter now"]
    (finding,) = found("burst", [*BASE, *["login password=hunter now"] * 100], usual)
    assert "login password=*** now" == finding.text


# ---- gap ----


def timed(silence: int, place: int = 7, start: int = 0, texts: Sequence[str] = BASE) -> list[str]:
    """A log with a line a second, and with a silence before one of them."""
    log = []
    for at, text in enumerate(texts):
        seconds = start + at + (silence if at >= place else 0)
        log.append(f"{10 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02} {text}")
    return log


@baselines
def test_a_silence_that_no_baseline_has_is_a_gap(builds: list[list[str]]) -> None:
    (finding,) = judged(timed(300), *[timed(0)] * len(builds)).findings
    assert ("gap", 8) == (finding.kind, finding.line)
    assert BASE[7] in finding.text
    assert "301" in finding.seen


@pytest.mark.parametrize(("usual", "gaps"), [(50, 1), (60, 0), (300, 0)])
def test_a_step_that_is_slow_in_some_baseline_makes_no_gap(usual: int, gaps: int) -> None:
    assert gaps == len(found("gap", timed(290), timed(0), timed(usual)))


def test_a_short_silence_is_no_gap() -> None:
    short = census.GAP_SECONDS - 2
    assert [] == found("gap", timed(short), timed(0))
    assert 1 == len(found("gap", timed(short + 1), timed(0)))


def test_a_silence_as_long_as_another_one_is_no_gap() -> None:
    assert [] == found("gap", timed(300), timed(250, place=20))
    assert 1 == len(found("gap", timed(600), timed(250, place=20)))


def test_a_line_that_is_later_than_usual_without_a_silence_is_no_gap() -> None:
    assert [] == found("gap", timed(0, start=3000), timed(0))


def test_a_silence_before_an_unknown_line_is_a_gap_too() -> None:
    target = timed(300, texts=[*BASE[:7], "zap zip", *BASE[7:]])
    assert [8] == [finding.line for finding in found("gap", target, timed(0))]


def test_a_silence_before_a_line_without_words_that_the_baseline_has_is_no_gap() -> None:
    log = timed(300, texts=[*BASE[:7], "--", *BASE[7:]])
    assert [] == found("gap", log, log)


def test_the_longest_gaps_are_told_in_their_order_and_no_more_than_a_few() -> None:
    seconds, log = 0, []
    for text, silence in zip(BASE, (0, 100, 900, 200, 800, 700, 300), strict=False):
        seconds += silence
        log.append(f"10:{seconds // 60:02}:{seconds % 60:02} {text}")
    assert [3, 5, 6] == [finding.line for finding in found("gap", log, timed(0))]


def test_a_gap_holds_no_secret() -> None:
    log = timed(300, texts=[*BASE[:7], "login password=hunter now", *BASE[7:]])
    assert "hunter" not in repr(found("gap", log, timed(0)))


# ---- order ----


def test_a_line_that_has_moved_far_is_out_of_order_with_one_baseline() -> None:
    (finding,) = judged(moved(BASE, 5, 30), BASE).findings
    assert ("order", BASE[5], 31) == (finding.kind, finding.text, finding.line)
    assert BASE[4] in finding.expected
    assert BASE[30] in finding.seen


def test_a_line_that_has_moved_a_little_is_not_with_one_baseline() -> None:
    assert () == judged(moved(BASE, 5, 9), BASE).findings


def test_a_line_that_has_passed_several_is_out_of_order_with_three_baselines() -> None:
    (finding,) = judged(moved(BASE, 5, 12), *THREE).findings
    assert ("order", BASE[5], 13) == (finding.kind, finding.text, finding.line)


def test_a_line_that_stands_first_or_is_passed_by_all_says_so() -> None:
    (finding,) = judged(moved(BASE, 20, 0), *THREE).findings
    assert ("order", BASE[20], 1) == (finding.kind, finding.text, finding.line)
    assert "before" in finding.seen


def test_two_steps_that_swap_are_out_of_order_where_three_baselines_agree() -> None:
    swapped = moved(BASE, 5, 6)
    (finding,) = judged(swapped, *THREE).findings
    assert "order" == finding.kind
    assert finding.text in (BASE[5], BASE[6])
    assert finding.line in (6, 7)
    assert () == judged(swapped, *THREE, swapped).findings
    assert () == judged(swapped, BASE, BASE).findings


def test_a_line_whose_place_differs_among_the_baselines_is_not_out_of_order() -> None:
    assert [] == found("order", moved(BASE, 5, 12), BASE, moved(BASE, 5, 20), moved(BASE, 5, 2))


def test_a_line_that_comes_several_times_is_not_out_of_order() -> None:
    twice = [*BASE, BASE[5]]
    assert [] == found("order", moved(twice, 5, 12), *[twice] * 3)


def test_parallel_output_in_another_mixture_is_not_out_of_order() -> None:
    left, right = steps(20), steps(20, first=20)

    def mixed(*counts: int) -> list[str]:
        one, other, log = iter(left), iter(right), []
        for at, count in enumerate(counts):
            log += [text for _, text in zip(range(count), one if at % 2 else other, strict=False)]
        return [*log, *one, *other]

    usual = [mixed(3, 2, 5, 1, 4), mixed(1, 6, 2, 3), mixed(4, 4, 4, 4)]
    assert [] == found("order", mixed(2, 9, 1, 3, 7), *usual)


# ---- unfit ----


def unfit(unknown: int, known: int, baseline: int) -> Judged:
    """A log with so many unknown and known lines, judged by so many."""
    usual = steps(baseline)
    return judged([*usual[:known], *steps(unknown, first=5000)], usual)


MANY = census._UNFIT_LINES


def test_a_baseline_of_something_else_is_unfit_and_nothing_else_is_said() -> None:
    found = unfit(MANY, 0, 100)
    (finding,) = found.findings
    assert ("unfit_baseline", None) == (finding.kind, finding.line)
    assert found.worst is not None
    assert census.WORST == len(found.worst)
    assert "100%" in finding.text


@pytest.mark.parametrize(
    ("unknown", "known", "baseline"),
    [(MANY - 1, 0, 100), (MANY, MANY + 1, 3 * MANY), (MANY, 60, 100)],
    ids=["few lines are unknown", "most lines are known", "most of the baseline is there"],
)
def test_a_baseline_fits_all_the_same(unknown: int, known: int, baseline: int) -> None:
    found = unfit(unknown, known, baseline)
    assert "unfit_baseline" not in found.kinds
    assert found.worst is None


def test_a_baseline_is_unfit_although_some_lines_are_known() -> None:
    assert ["unfit_baseline"] == unfit(MANY, MANY, 2 * MANY).kinds


def test_the_worst_lines_are_the_farthest_and_of_these_the_first() -> None:
    usual = [" ".join(map(word, range(4)))]
    near = [f"{usual[0]} {text}" for text in steps(MANY, first=100)]
    far = steps(7, first=5000)
    found = judged([*near[:100], *far, *near[100:]], [*usual, *steps(9, first=9000)])
    assert found.worst is not None
    assert {*range(101, 108)} <= found.worst
    assert {*range(1, 14)} <= found.worst


def test_a_second_scan_shows_the_worst_and_what_has_a_reason_of_its_own() -> None:
    usual = ["rc=0 of the job", *steps(9)]
    target = [*steps(MANY, first=5000), "rc=2 of the job", "zip zop failed", *steps(50, first=7000)]
    first = judged(target, usual)
    second = judged(target, usual, only=first.worst)
    assert first.worst is not None
    assert {*first.worst, MANY + 1, MANY + 2} == {line.number for line in second.lines if line.shown}
    assert all(line.shown or line.group or not line.far for line in second.lines)
    assert {*first.worst} | {MANY + 1, MANY + 2} == {line.number for line in second.lines if line.far}
    assert [line.distance for line in first.lines] == [line.distance for line in second.lines]
    assert first.findings == second.findings
    kept = [line for line in second.lines if line.far and line.number not in first.worst]
    assert all({ERROR, NUMBER} & {*line.reasons} for line in kept)


# ---- all of them ----


def test_findings_come_in_the_order_of_their_kinds() -> None:
    log = timed(300, place=30, texts=[*moved(without(BASE, 2), 6, 33), *[BASE[9]] * 100])
    found = judged(log, timed(0))
    assert ["missing", "burst", "gap", "order"] == [kind for kind in FINDINGS if kind in found.kinds]
    assert sorted(found.kinds, key=FINDINGS.index) == found.kinds


def test_where_the_baselines_are_not_known_whole_nothing_is_found_of_the_file() -> None:
    both = Model([learnt(*BASE), learnt(*BASE, file="other.log")])
    scan = AnomalyFilter(both).scored(numbered(without(BASE, 7)))
    assert 39 == len(list(scan))
    assert () == scan.findings


# ---- much of it: code that compares each with each hangs here ----


def test_many_missing_lines_and_many_new_ones() -> None:
    usual = steps(MUCH)
    target = [*usual[::2], *steps(MUCH // 2 - 100, first=20_000)]
    assert found("missing", target, usual)


def test_a_long_log_in_order() -> None:
    assert () == judged(steps(MUCH), steps(MUCH)).findings
    assert () == judged(steps(MUCH), *[steps(MUCH)] * 3).findings


def test_a_long_log_in_which_every_two_lines_have_swapped() -> None:
    swapped = [text for one, other in zip(*[iter(steps(MUCH))] * 2, strict=True) for text in (other, one)]
    judged(swapped, *[steps(MUCH)] * 3)


def test_a_long_log_backwards() -> None:
    judged(steps(MUCH)[::-1], *[steps(MUCH)] * 3)
