from __future__ import annotations

import re

import pytest

from anomaly_filter.patterns import lazy_pattern


def test_a_pattern_does_what_re_does() -> None:
    late, now = lazy_pattern("(?P<number>[0-9]+)"), re.compile("(?P<number>[0-9]+)")
    text = "of 31 files 4 failed"
    assert now.findall(text) == late.findall(text)
    assert now.sub("n", text) == late.sub("n", text)
    found = late.search(text)
    assert found is not None
    assert ("31", now.pattern, now.groupindex) == (found["number"], late.pattern, late.groupindex)


def test_a_pattern_may_have_flags_and_be_of_bytes() -> None:
    assert lazy_pattern("error", re.IGNORECASE).match("ERROR")
    assert not lazy_pattern("error").match("ERROR")
    assert lazy_pattern(rb"\x1f\x8b").match(b"\x1f\x8b\x08")


def test_a_pattern_is_compiled_at_its_first_use_and_not_before() -> None:
    broken = lazy_pattern("(")
    with pytest.raises(re.error, match="missing"):
        broken.search("")


def test_an_unknown_method_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="searched"):
        lazy_pattern("a").searched  # type: ignore[attr-defined]  # noqa: B018 - asking is the subject
