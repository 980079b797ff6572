from __future__ import annotations

import pytest

from log_classify.ci.bucket import STORAGE, storage
from log_classify.ci.find import system_of_build, zuul_of_web
from log_classify.ci.github import GitHub
from log_classify.ci.gitlab import GitLab
from log_classify.ci.prow import Prow
from log_classify.ci.zuul import Zuul
from log_processor.errors import ConfigError


@pytest.mark.parametrize(
    ("system", "url"),
    [
        (Zuul, "https://zuul.example.org/t/local/build/3c6c85f2ae2f4dbcbf2fca0a2d8e5b11"),
        (Prow, "https://prow.example.org/view/gs/bucket/logs/job/12"),
        (Prow, "gs://bucket/logs/job/12"),
        (Prow, "https://storage.googleapis.com/bucket/logs/job/12/"),
        (GitHub, "https://github.com/o/r/actions/runs/12"),
        (GitLab, "https://gitlab.com/g/p/-/jobs/12"),
        (GitLab, "HTTPS://gitlab.com/g/p/-/jobs/12"),
        (Prow, "https://prow.example.org/view/gs/bucket/logs/build/12"),
    ],
)
def test_a_url_tells_its_system(system: type, url: str) -> None:
    with system_of_build(url, {}) as found:
        assert isinstance(found, system)


@pytest.mark.parametrize("url", ["https://example.org/?token=secret", "logs/", "", "file:///etc/passwd"])
def test_a_url_of_no_system_is_an_error_that_names_the_known_ones(url: str) -> None:
    with (
        pytest.raises(ConfigError, match=r"is no page of a build that is known here: of Zuul") as caught,
        system_of_build(url, {}),
    ):
        pass
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@github.com/o/r/actions/runs/12",
        "https://user:secret@zuul.example.org/build/3c6c85f2ae2f4dbcbf2fca0a2d8e5b11",
        "http://[/g/p/-/jobs/12",
    ],
)
def test_a_url_that_cannot_be_fetched_is_an_error(url: str) -> None:
    with pytest.raises(ConfigError, match="the URL") as caught, system_of_build(url, {}):
        pass
    assert "secret" not in str(caught.value)


def test_a_shortened_uuid_is_told_from_a_page_that_is_not_known() -> None:
    url = "https://zuul.example.org/t/local/build/3c6c85f2"
    with (
        pytest.raises(ConfigError, match="UUID has 32 digits, and this one 8: give it whole"),
        system_of_build(url, {}),
    ):
        pass


def test_zuul_web_that_cannot_be_fetched_is_an_error() -> None:
    with pytest.raises(ConfigError), zuul_of_web("zuul.example.org/t/a"):
        pass


def test_buckets_are_at_google_or_at_the_emulator() -> None:
    assert STORAGE == storage({})
    assert "http://127.0.0.1:4443" == storage({"STORAGE_EMULATOR_HOST": "127.0.0.1:4443"})
    assert "https://gcs.example.org" == storage({"STORAGE_EMULATOR_HOST": "https://gcs.example.org/"})
    with pytest.raises(ConfigError, match=r"^STORAGE_EMULATOR_HOST: "):
        storage({"STORAGE_EMULATOR_HOST": "ftp://gcs.example.org/"})
