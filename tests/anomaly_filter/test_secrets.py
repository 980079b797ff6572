from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_filter import Tokenizer, secrets
from anomaly_filter.secrets import mask_secrets
from tests import logs

MASKED = [
    ("password=hunter2", "password=***"),
    ("mysql --password hunter2", "mysql --password hunter2"),  # a word after a blank is prose more often
    ('{"db_passwd": "hunter2", "host": "db"}', '{"db_passwd": "***", "host": "db"}'),
    ("secret_key: 'x y'", "secret_key: '*** y'"),
    ("AWS_SECRET_ACCESS_KEY=abc+/def", "AWS_SECRET_ACCESS_KEY=***"),
    ("GITHUB_TOKEN=abc", "GITHUB_TOKEN=***"),
    ("access_token=a&user=b", "access_token=***&user=b"),
    ("Authorization: Bearer a.b-c", "Authorization: Bearer ***"),
    ("authorization=abc", "authorization=***"),
    ("git clone https://bob:pw@example.com/x.git", "git clone https://bob:***@example.com/x.git"),
    ("pushed with ghp_0a1b2c3d4e", "pushed with ***"),
    ("key AKIAIOSFODNN7EXAMPLE used", "key *** used"),
    ("jwt eyJhbGciOi.eyJzdWIi.sig", "jwt ***"),
    ("slack xoxb-123-abc", "slack ***"),
    ("gitlab glpat-abc_def", "gitlab ***"),
    ("password: {hidden}", "password: {hidden}"),
    ("unexpected token: }", "unexpected token: }"),
    ("the password was wrong", "the password was wrong"),
    ("http://example.com:8080/a@b", "http://example.com:8080/a@b"),
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_secrets_are_masked_and_nothing_else(text: str, masked: str) -> None:
    assert masked == mask_secrets(text)


def test_the_beginnings_of_many_tokens_are_none() -> None:
    text = "eyJ-" * 200_000  # takes minutes where each is followed to the end of the line
    assert text == mask_secrets(text)


@given(logs.texts)
def test_masking_twice_is_masking_once(text: str) -> None:
    assert mask_secrets(text) == mask_secrets(mask_secrets(text))


@pytest.mark.parametrize(
    "text", ["Authorization: Bearer a.b-c", "authorization = Basic dXNlcg==", "Authorization: x"]
)
def test_masking_a_header_twice_is_masking_once(text: str) -> None:
    assert mask_secrets(text) == mask_secrets(mask_secrets(text))


@pytest.mark.parametrize(
    "text", ["password={}", "https://bob:{}@host/", "Authorization: Bearer {}", "token=ghp_{}"]
)
def test_lines_that_differ_in_their_secret_alone_are_the_same(text: str) -> None:
    tokens = Tokenizer().tokens
    assert tokens(mask_secrets(text.format("hunter"))) == tokens(mask_secrets(text.format("correcthorse")))


@given(
    st.lists(logs.texts | st.sampled_from([text for text, _ in MASKED])).map(" ".join),
    st.sampled_from([str, str.upper, str.title]),
)
def test_to_look_for_hints_first_leaves_no_secret_out(text: str, change: Callable[[str], str]) -> None:
    changed = change(text)
    assert secrets._SECRET.sub(secrets._masked, changed) == mask_secrets(changed)


def test_a_private_key_in_one_line_is_masked() -> None:
    key = r'{"key": "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n", "x": 1}'
    masked = r'{"key": "-----BEGIN EC PRIVATE KEY-----***-----END EC PRIVATE KEY-----\n", "x": 1}'
    assert masked == mask_secrets(key)
    assert "-----BEGIN PRIVATE KEY-----***" == mask_secrets("-----BEGIN PRIVATE KEY-----\\nMHcCAQEE")
