from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.query.lucene import (
    DEEPEST_QUERY,
    LONGEST_QUERY,
    fields,
    objection,
    phrase,
    translated,
)


@pytest.mark.parametrize(
    ("query", "ours"),
    [
        ('message:"a b" AND tags:"console"', 'message:"a b" AND tags:"console"'),
        ('@message:"a"', 'message:"a"'),
        ('@tags:"a"', 'tags:"a"'),
        ('@fields.build_uuid:"a" OR @fields.build_name:b', 'build_uuid:"a" OR build_name:b'),
        ("@fields.build_name:(a OR b)", "build_name:(a OR b)"),
        ('@timestamp:["2026-01-01" TO *]', '@timestamp:["2026-01-01" TO *]'),
        ('build_status:"FAILURE"', 'build_status:"FAILURE"'),
        ('NOT (syslog_program:"x" OR module: y)', 'NOT (message:"x" OR message: y)'),
        ('@fields.loglevel:"ERROR"', 'message:"ERROR"'),
        ('filename:"console.html"', '(filename:"console.html" OR filename:"job-output.txt")'),
        ('tags:"console.html"', '(tags:"console.html" OR tags:"job-output.txt")'),
        ('filename:"logs/a.txt"', '(filename:"logs/a.txt" OR tags:"a.txt")'),
        ('filename:"logs/new/a.txt"', 'filename:"logs/new/a.txt"'),
        ('filename:"job-output.txt"', 'filename:"job-output.txt"'),
        # What stands between quotes or after a backslash is text.
        (r'message:"module:\"x\" @message:y"', r'message:"module:\"x\" @message:y"'),
        (r"message:a\:module AND b", r"message:a\:module AND b"),
        ('message:"unbalanced module:"x', 'message:"unbalanced module:"x'),
    ],
)
def test_old_names_become_ours_and_phrases_stay(query: str, ours: str) -> None:
    # A value after `field: ` keeps no blank: it means the same.
    assert ours.replace(": ", ":") == translated(query).replace(": ", ":")


def test_the_fields_of_a_query_are_those_outside_of_phrases() -> None:
    assert ["message", "@fields.x", "tags"] == list(fields('message:"a tags:b" AND @fields.x:1 OR tags:c'))


def test_a_query_may_be_long_and_deep_up_to_a_point() -> None:
    assert "" == objection("a" * LONGEST_QUERY)
    assert "4,001 characters" in objection("a" * (LONGEST_QUERY + 1))
    assert "" == objection("(" * DEEPEST_QUERY + "a" + ")" * DEEPEST_QUERY)
    assert "31 brackets" in objection("(" * (DEEPEST_QUERY + 1))
    assert "" == objection("(a) OR " * 100)


def test_a_regular_expression_is_refused_and_a_path_between_quotes_is_none() -> None:
    assert "regular expression" in objection("message:/((a{1,50}){1,50}){1,50}/")
    assert "regular expression" in objection("a AND logs/a.txt")
    assert "" == objection(r'"http://a/b" AND c\/d AND "quote \" /"')


def test_brackets_in_phrases_are_no_depth() -> None:
    assert "" == objection('message:"' + "(" * 100 + '"')
    assert "" == objection(r"\(" * 100)


@given(st.text())
def test_a_phrase_holds_its_text_whatever_it_is(text: str) -> None:
    clause = phrase("message", text)
    assert translated(clause) == clause
    assert text == re.sub(r"\\(.)", r"\1", clause[len('message:"') : -1], flags=re.DOTALL)


@given(st.text(alphabet='ab:"\\()@. filenametags/', max_size=200))
def test_any_text_can_be_translated_and_judged(query: str) -> None:
    translated(query)
    objection(query)
    list(fields(query))
