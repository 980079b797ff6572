from __future__ import annotations

import re
from random import Random

import pytest

from benchmarks.evaluation.editing import Edited
from benchmarks.evaluation.wording import Line, harmless, in_place, inserted, untouched, worded


@pytest.mark.parametrize(
    ("template", "pattern"),
    [
        ("code <7-9>", r"code [789]"),
        ("<hex 12>", r"[0-9a-f]{12}"),
        ("<pod 5>-<pod 5>", r"[b-z2-9]{5}-[b-z2-9]{5}"),
        ("<letters 8>", r"[a-zA-Z0-9]{8}"),
        ("<name 8>", r"[a-z0-9_]{8}"),
        ("<base64 40>==", r"[a-zA-Z0-9+/]{40}=="),
        ("req-<uuid>", r"req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("on <Mon|Tue>", r"on (Mon|Tue)"),
        ("<10%\r20%|10%>", r"10%(\r20%)?"),
    ],
)
def test_blanks_are_filled(template: str, pattern: str) -> None:
    filled = {worded(template, Random(seed)) for seed in range(20)}
    assert all(re.fullmatch(pattern, line) for line in filled)
    assert len(filled) > 1


@pytest.mark.parametrize("line", ["a -> b", "--> Running <step>", "<>", '{"a": [1]} x > 3', "<uuid", "<hex>"])
def test_what_is_no_blank_stays(line: str) -> None:
    assert line == worded(line, Random(1))


def test_lines_are_put_in_at_the_place_and_are_in_question() -> None:
    assert Edited(["a", "x", "y", "b"], ("x", "y")) == inserted("x", "y")(["a", "b"], 1, Random(1))
    assert Edited(["a", "b"]) == untouched(["a", "b"], 1, Random(1))


def test_each_fault_of_a_line_is_an_edit_and_the_first_has_the_controls() -> None:
    edits = list(in_place("number", [Line("exit", "exit 0", ("exit 1", "exit 2"), ("exit 00",))]))
    assert [("exit", 1), ("exit 2", 0)] == [(edit.name, len(edit.controls)) for edit in edits]
    assert [("exit 1",), ("exit 2",)] == [edit.fault([], 0, Random(1)).texts for edit in edits if edit.fault]


def test_a_harmless_line_comes_twice_in_passing_builds_and_once_in_the_last() -> None:
    (edit,) = harmless("word", {"id": "id <hex 8>"})
    assert edit.fault is None
    assert 2 == len(edit.passing([], 0, Random(1)).texts)
    assert [1] == [len(control([], 0, Random(1)).texts) for control in edit.controls]
