from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from anomaly_filter import Finding, ScoredLine, Tokenizer
from log_classify.excerpt import Context, Excerpt
from log_classify.style import Style, cut
from log_classify.table import Table, reduction
from tests.log_classify.console import scored


def far(number: int, group: int, text: str = "boom", *reasons: str) -> ScoredLine:
    return scored(
        number, text, distance=0.5, nearest="bang", seen_in=2, reasons=reasons or ("novel",), group=group
    )


def near(number: int) -> ScoredLine:
    return scored(number, f"step {number}", nearest=f"step {number}", seen_in=3)


def written(lines: Sequence[ScoredLine], findings: Sequence[Finding] = (), *, baselines: int = 3) -> str:
    out = io.StringIO()
    excerpt = Excerpt(lambda line: line.shown, Context(3, 1)).take(lines)
    table = Table(out, Style(colour=False), baselines=baselines, tokenizer=Tokenizer())
    table.findings(findings)
    table.lines(excerpt.lines(()), lambda line: line.shown, excerpt.groups)
    table.summary("job.log", excerpt, findings)
    return out.getvalue()


def test_a_repeated_line_is_one_entry_with_all_its_numbers() -> None:
    lines = [
        near(1),
        far(2, 2),
        *map(near, range(3, 10)),
        *(far(number, 2) for number in (10, 11, 12)),
        far(20, 2),
    ]
    expected = """\
             1  step 1
 0.50        2  boom
                novel · lines 2, 10-12, 20 (x 5)
                nearest (seen in 2 of 3 passing builds): [-bang-]{+boom+}
             3  step 3

job.log: 1 of 13 lines shown (and 4 more lines that these stand for); compared with 3 passing builds
92.31% reduction (from 13 lines to 1)
"""
    assert expected == written(lines)


def test_a_block_is_one_entry_with_its_range() -> None:
    lines = [far(number, 7, f"boom {number}", "novel", "block") for number in range(6, 12)]
    text = written(lines)
    assert " 0.50        7  boom 7\n                novel, block · block of lines 6-11\n" in text
    assert "             6  boom 6\n" in text  # context, as any line beside it
    assert "boom 9" not in text


def test_numbers_that_are_too_many_are_counted() -> None:
    lines = [far(number, 1) for number in range(1, 601, 2)]
    assert "lines 1, 3, 5," in written(lines)
    assert ", 201 and 199 more (x 300)\n" in written(lines)


def test_findings_come_first() -> None:
    findings = [
        Finding("missing", "every test passed", None, "in 3 of 3 passing builds", "not once"),
        Finding("gap", "step 4", 4, "at most 2 s", "310 s"),
        Finding("unfit_baseline", "80 % of the lines are unknown"),
    ]
    expected = """\
findings
  missing         every test passed
                  expected: in 3 of 3 passing builds
                  seen: not once
  gap             line 4: step 4
                  expected: at most 2 s
                  seen: 310 s
  unfit_baseline  80 % of the lines are unknown

job.log: 0 of 1 line shown, 3 findings; compared with 3 passing builds
100.00% reduction (from 1 line to 0)
"""
    assert expected == written([near(1)], findings)


def test_nothing_to_show_is_said() -> None:
    expected = """\
job.log: 0 of 1 line shown; compared with 3 passing builds
100.00% reduction (from 1 line to 0)
"""
    assert expected == written([near(1)])
    assert "job.log: nothing was read; compared with 3 passing builds\n" == written([])
    assert "; no baseline: nothing to compare with\n" in written([near(1)], baselines=0)


def test_a_line_without_a_distance_is_shown_with_its_reason() -> None:
    line = scored(1, "ERROR: boom", distance=None, seen_in=None, reasons=("error",), group=1)
    assert written([line]).startswith("   -         1  ERROR: boom\n                error\n\n")


@pytest.mark.parametrize(
    ("text", "part", "shown"),
    [
        ("short", "", "short"),
        ("a" * 600, "", "a" * 500 + "… (+100 characters)"),
        ("a" * 300 + "boom", "boom", "a" * 300 + "boom"),
        ("a" * 600 + "boom", "boom", "(600 characters +)… boom"),
        ("a\x1b[31mb\u202ec", "", "a\\u001b[31mb\\u202ec"),
    ],
)
def test_a_long_line_is_cut_around_what_matters(text: str, part: str, shown: str) -> None:
    assert shown == cut(text, part)


def test_findings_of_a_hostile_log_cannot_steer_the_terminal() -> None:
    finding = Finding("burst", "a\x1b[2Jb\nc", 1, "\x9b2J", "\x07")
    assert not {"\x1b", "\x9b", "\x07"} & set(written([near(1)], [finding]))


@pytest.mark.parametrize(
    ("lines", "shown", "expected"),
    [
        (11_951, 40, "99.67% reduction (from 11,951 lines to 40)"),
        (1_000_000, 1, "99.99% reduction (from 1,000,000 lines to 1)"),
        (1, 0, "100.00% reduction (from 1 line to 0)"),
        (2, 2, "0.00% reduction (from 2 lines to 2)"),
        (0, 0, "0.00% reduction (from 0 lines to 0)"),
    ],
)
def test_the_reduction_is_whole_only_if_nothing_is_shown(lines: int, shown: int, expected: str) -> None:
    assert expected == reduction(lines, shown)
