from __future__ import annotations

import pytest

from log_classify.ci import tokens
from log_processor.errors import ConfigError


def test_without_a_token_nothing_is_sent() -> None:
    assert (
        {} == tokens.github({"GITLAB_TOKEN": "x"}) == tokens.gitlab({"GITHUB_TOKEN": "x", "GITLAB_TOKEN": ""})
    )


def test_a_token_is_for_the_usual_server() -> None:
    environment = {"GITHUB_TOKEN": "ghp_1", "GITLAB_TOKEN": "glpat-2"}
    assert {"https://api.github.com": "Bearer ghp_1"} == tokens.github(environment)
    assert {"https://gitlab.com": "Bearer glpat-2"} == tokens.gitlab(environment)


def test_a_token_is_for_the_server_that_its_system_names() -> None:
    environment = {
        "GITHUB_TOKEN": "ghp_1",
        "GITHUB_API_URL": "https://ghe.example.org/api/v3",
        "GITLAB_TOKEN": "glpat-2",
        "CI_SERVER_URL": "https://gitlab.example.org:8443",
    }
    assert {"https://ghe.example.org": "Bearer ghp_1"} == tokens.github(environment)
    assert {"https://gitlab.example.org:8443": "Bearer glpat-2"} == tokens.gitlab(environment)


def test_a_token_is_not_sent_in_the_clear() -> None:
    with pytest.raises(
        ConfigError, match=r"^GITHUB_API_URL: a token is sent over https:// only, not to http://ghe\.e"
    ):
        tokens.github({"GITHUB_TOKEN": "ghp_1", "GITHUB_API_URL": "http://ghe.example.org/api/v3"})


def test_a_token_may_go_to_this_machine_in_the_clear() -> None:
    environment = {"GITHUB_TOKEN": "ghp_1", "GITHUB_API_URL": "http://127.0.0.1:8080/api/v3"}
    assert {"http://127.0.0.1:8080": "Bearer ghp_1"} == tokens.github(environment)


@pytest.mark.parametrize("token", ["ghp_1\n", "ghp 1", "ghp_é", "ghp\x00"])
def test_a_token_that_cannot_be_one_is_named_and_not_shown(token: str) -> None:
    with pytest.raises(ConfigError, match=r"^GITHUB_TOKEN: holds characters that no token has") as caught:
        tokens.github({"GITHUB_TOKEN": token})
    assert "ghp" not in str(caught.value)


def test_a_server_that_is_no_url_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^CI_SERVER_URL: the URL has to begin with"):
        tokens.gitlab({"GITLAB_TOKEN": "x", "CI_SERVER_URL": "gitlab.example.org"})
