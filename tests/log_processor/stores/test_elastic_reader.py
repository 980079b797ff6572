"""Answers to searches that a cluster hardly gives; tests/services asks real ones."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest

from log_processor.errors import StoreUnavailable
from log_processor.stores.elastic_reader import ElasticReader
from log_processor.stores.settings import StoreSettings
from tests.answering import Reply, answering
from tests.log_processor.documents import a_file

Question = Callable[[ElasticReader], object]
QUESTIONS: dict[str, Question] = {
    "file": lambda reader: reader.file("b1", "a.log"),
    "files": lambda reader: reader.files("b1"),
    "builds": lambda reader: reader.builds(9),
    "worst": lambda reader: reader.builds(9, worst=True),
    "far_lines": lambda reader: [*reader.far_lines(a_file(), None)],
    "lines": lambda reader: reader.lines(a_file(), 1, 9),
    "sightings": lambda reader: reader.sightings(["c0ffee"]),
    "occurrences": lambda reader: reader.occurrences(["c0ffee"], 9),
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("body", [b"", {}, [], None, "a page", {"welcome": "to the cluster"}])
def test_an_answer_that_is_none_is_not_taken_for_an_empty_one(question: Question, body: object) -> None:
    """A connection that breaks off among the headers is an answer of no bytes to the client."""
    with (
        answering(lambda _: Reply(200, body)) as url,
        closing(ElasticReader(StoreSettings(url, timeout_seconds=5))) as reader,
        pytest.raises(StoreUnavailable, match=r"check store\.url"),
    ):
        question(reader)
