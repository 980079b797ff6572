from __future__ import annotations

from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from log_processor.errors import LogProcessorError
from log_processor.query.known import known_bug
from log_processor.query.suggest import stable_phrases, suggestion
from tests.log_processor.documents import a_document, a_file, a_line


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("no space left on device", ["no space left on device"]),
        (
            "2013-10-18 12:22:58.536 25962 TRACE AssertionError: Timed out waiting for 172.24.4.232 to become reachable",
            ["TRACE AssertionError: Timed out waiting for", "to become reachable"],
        ),
        (
            "Details: Server 32fd9fa3-a450-4bb8-be89-046e8f1139e1 failed to reach ACTIVE status (400 s)",
            ["Details: Server", "failed to reach ACTIVE status"],
        ),
        ("failed to read a failed to read", ["failed to read a failed to read"]),
        ("gave up after 12, gave up after 13", ["gave up after"]),
        ("exited 17", ["exited"]),
        ("12:00:01 | -> fatal: - no space == | 17", ["fatal: - no space"]),
        ("17 === 18", []),
        ("", []),
        ("one\u200btwo bell\x07 rung twice", ["rung twice"]),
        (f"{'x' * 300} is too long a word", ["is too long a word"]),
        (" ".join(["word"] * 30), [" ".join(["word"] * 25), " ".join(["word"] * 5)]),
        ("a b 1 c d 2 e f 3 g h 4 i j long", ["a b", "c d", "e f", "i j long"]),
    ],
)
def test_phrases_are_the_words_that_other_builds_print_alike(text: str, phrases: list[str]) -> None:
    assert phrases == stable_phrases(text)


def test_a_suggestion_has_the_form_of_elastic_rechecks_files() -> None:
    line = a_line(7, r'12:00:01 cannot open "C:\tmp" on host 17', 0.9, ("novel",))
    text = suggestion(a_document(a_file()), line)
    expected = r"""query: >-
  message:"cannot open \"C:\\tmp\" on host" AND
  tags:"screen-n-cpu.txt"
"""
    assert expected == text
    assert {
        "query": r'message:"cannot open \"C:\\tmp\" on host" AND tags:"screen-n-cpu.txt"'
    } == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("tags", "clause"),
    [
        (("job-output.txt", "console"), 'tags:"console"'),
        (("screen-n-cpu.txt", "screen"), 'tags:"screen-n-cpu.txt"'),
        ((), 'filename:"controller/logs/screen-n-cpu.txt"'),
    ],
)
def test_the_file_is_named_by_a_tag_where_it_has_one(tags: tuple[str, ...], clause: str) -> None:
    document = a_document(replace(a_file(), tags=tags))
    assert clause in suggestion(document, a_line(7, "no space left", 0.9, ("novel",)))


@pytest.mark.parametrize(("voting", "allowed"), [(0, {"allow-nonvoting": True}), (1, {}), (2, {})])
def test_a_build_that_does_not_vote_has_to_be_allowed(voting: int, allowed: dict[str, bool]) -> None:
    document = a_document(replace(a_file(), fields={"voting": voting}))
    read = yaml.safe_load(suggestion(document, a_line(7, "no space left", 0.9, ("novel",))))
    assert {"query", *allowed} == set(read)
    assert allowed.items() <= read.items()


def test_of_a_line_without_words_nothing_can_be_made() -> None:
    with pytest.raises(
        LogProcessorError, match=r"line 7 of .* has no words that another build would print alike"
    ):
        suggestion(a_document(a_file()), a_line(7, "12 13 ===", 0.9, ("novel",)))


@given(st.text(max_size=300))
def test_whatever_a_line_holds_its_suggestion_can_be_loaded(text: str) -> None:
    if stable_phrases(text):
        known_bug("1", suggestion(a_document(a_file()), a_line(7, text, 0.9, ("novel",))))
