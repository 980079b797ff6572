from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import Tokenizer, native
from anomaly_filter.judge import Judge
from anomaly_filter.newcomers import newcomers
from anomaly_filter.verdicts import Verdicts
from tests.anomaly_filter.builds import model, steps
from tests.anomaly_filter.test_compiled_rules import real_texts
from tests.anomaly_filter.test_gists import BASELINE, gists_of, texts

pytestmark = pytest.mark.skipif(native.library() is None, reason=f"no compiled engine: {native.why_not()}")

BUILDS = [[*BASELINE, "0 errors of 12", "rc=0 here"] * 3, [*BASELINE, "0 errors of 7", "rc=1 here"] * 3]


def check(target: list[str], builds: list[list[str]], threshold: float) -> int:
    """Judge lines by their gists and by their texts; return how many have a gist."""
    of, tokenizer = model(*builds), Tokenizer()
    judge, verdicts = Judge(of, threshold), Verdicts(of, threshold, tokenizer)
    by_gist = newcomers(judge, tokenizer)
    assert by_gist is not None
    met = gists_of(target, of)
    for text, found, gist in met:
        verdict = verdicts.first(text)
        assert verdict == by_gist.verdict(found, gist)
        if verdict.compared:
            assert verdicts.comparison(verdict, text) == by_gist.comparison(verdict, found, gist)
    return len(met)


@given(
    st.lists(texts | st.sampled_from([*BUILDS[0], *BUILDS[1]]), max_size=5),
    st.lists(st.lists(texts, max_size=4), max_size=2),
    st.sampled_from([0.0, 0.05, 0.25, 1.0]),
)
def test_a_verdict_by_a_gist_is_that_by_the_text(
    target: list[str], builds: list[list[str]], threshold: float
) -> None:
    check(target, [*BUILDS, *builds], threshold)


@given(
    st.lists(st.lists(st.sampled_from(" ".join((*BASELINE, *steps(3))).split()), max_size=9).map(" ".join))
)
def test_so_it_is_for_lines_of_known_words(target: list[str]) -> None:
    check(target, BUILDS, 0.25)


@pytest.mark.parametrize("builds", [1, 2])
def test_so_it_is_for_real_lines(builds: int) -> None:
    texts = real_texts()
    known = [text for at, text in enumerate(texts) if at % 3]
    assert check(texts, [known] * builds, 0.25) > 1000
