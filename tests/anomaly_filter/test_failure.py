from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import failure
from anomaly_filter.failure import failures

STEMS = [
    *failure._STEMS,
    *failure._STEMS_BEYOND_ASCII,
    *(beginning + stem for beginning, stems in failure._STEMS_BY_BEGINNING.items() for stem in stems),
]
ENDS = re.compile(failure._END)
PIECES = st.sampled_from(
    ["", "a", "un", "_", "not", "re", "=", "ed", *failure._WORDS, *(ENDS.sub("", s) for s in STEMS)]
)
TOKENS = st.frozensets(st.lists(PIECES, min_size=1, max_size=3).map("".join).filter(bool), max_size=6)


def is_failure(token: str) -> bool:
    """The same by one pattern."""
    stems = "|".join(
        rf"\A{re.escape(s[1:])}" if s[0] == "\n" else re.escape(s).replace("\\\n", r"\Z") for s in STEMS
    )
    return token in failure._WORDS or re.search(stems, token) is not None


@pytest.mark.parametrize(
    "token",
    [
        "failed",
        "oomkilled",
        "unreachable",
        "assert",
        "asserterror",
        "cancelled",
        "notfound",
        "\x02cross",
        "fehlerhaft",
        "échec",
    ],
)
def test_a_word_of_failure_is_found(token: str) -> None:
    assert [token] == failures({token, "build"})


@pytest.mark.parametrize("token", ["red", "no", "bug", "warn"])
def test_a_short_word_is_one_of_failure_only_by_itself(token: str) -> None:
    assert [token] == failures({token})
    assert [] == failures({f"{token}x", f"x{token}"})


@pytest.mark.parametrize("token", ["rerununstable", "asserts", "notation", "build", "union", "fail=n"])
def test_no_other_word_is_found(token: str) -> None:
    assert [] == failures({token})


def test_names_of_several_parts_are_found_where_they_are_asked_for() -> None:
    tokens = {"conflict_rate", "last_error_code", "failed"}
    assert ["failed"] == failures(tokens)
    assert ["conflict_rate", "failed"] == failures(tokens, parts=2)
    assert ["conflict_rate", "failed", "last_error_code"] == failures(tokens, parts=3)


def test_words_that_stand_beside_each_other_make_no_other_word() -> None:
    assert [] == failures(["fa", "il", "un", "stable"])


@given(TOKENS)
def test_looking_at_all_words_at_once_finds_the_same_as_at_each_by_itself(tokens: frozenset[str]) -> None:
    expected = sorted(t for t in tokens if "=" not in t and t.count("_") < 3 and is_failure(t))
    assert expected == failures(tokens, parts=3)
