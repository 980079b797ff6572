from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from log_processor.errors import ConfigError
from log_processor.stores.contract import Reader
from log_processor.stores.opening import open_reader, open_store
from log_processor.stores.settings import StoreSettings
from tests.log_processor.documents import a_document, a_file


@pytest.mark.parametrize("absolute", [True, False])
def test_three_slashes_name_a_path_from_here_and_four_one_from_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, absolute: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = StoreSettings(f"sqlite:///{tmp_path}/a/b.sqlite" if absolute else "sqlite:///a/b.sqlite")
    with closing(open_store(settings)) as store, closing(open_reader(settings)) as reader:
        store.put_file(a_document(a_file()))
        assert [[a_document(a_file())]] == reader.builds(1)
    assert (tmp_path / "a" / "b.sqlite").is_file()


@pytest.mark.parametrize(
    "url", ["http://localhost:9200", "https://localhost", "http://[::1]:9200/below", "http://h"]
)
def test_a_cluster_is_written_and_read(url: str) -> None:
    with closing(open_store(StoreSettings(url))) as store, closing(open_reader(StoreSettings(url))) as reader:
        assert isinstance(store, Reader)
        assert isinstance(reader, Reader)


def test_logstash_is_written_only() -> None:
    settings = StoreSettings("logstash+tcp://localhost:9999")
    with closing(open_store(settings)) as store:
        assert not isinstance(store, Reader)
    with pytest.raises(ConfigError, match="can only be written"):
        open_reader(settings)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "names no store"),
        ("sqlite:///", "names no store"),
        ("sqlite://store.sqlite", "names no store"),
        ("store.sqlite", "names no store"),
        ("mysql://root:hunter2@localhost/db", "begins with 'mysql'"),
        ("http://", "store.url"),
        ("http://[::1", "store.url"),
        ("http://host:port", "store.url"),
        ("https://root:hunter2@localhost:9200", "holds credentials"),
        ("logstash+tcp://localhost", "logstash[+]tcp://host:port"),
        ("logstash+tcp://:9999", "logstash[+]tcp://host:port"),
        ("logstash+tcp://localhost:99999", "logstash[+]tcp://host:port"),
        ("logstash+tcp://[::1", "logstash[+]tcp://host:port"),
    ],
)
def test_a_url_that_names_no_store_is_a_mistake_of_the_configuration(url: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        open_store(StoreSettings(url))
    assert "hunter2" not in str(caught.value)
    with pytest.raises(ConfigError):
        open_reader(StoreSettings(url))


def test_a_key_and_a_user_are_one_too_many() -> None:
    with pytest.raises(ConfigError, match="leave one out"):
        open_store(StoreSettings("http://localhost", username="me", password="hunter2", api_key="hunter3"))


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_unusable_file_of_certificates_is_a_mistake_of_the_configuration(
    tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    with pytest.raises(ConfigError, match=r"store\.ca_certs"):
        open_store(StoreSettings("https://localhost", ca_certs=str(tmp_path / "ca.pem")))


@pytest.mark.parametrize("verify", [True, False])
def test_certificates_are_checked_unless_somebody_insists(*, verify: bool) -> None:
    open_store(StoreSettings("https://localhost", verify_certs=verify)).close()


def test_settings_do_not_show_secrets() -> None:
    shown = repr(StoreSettings("http://localhost", username="me", password="hunter2", api_key="hunter3"))
    assert "me" in shown
    assert "hunter" not in shown
