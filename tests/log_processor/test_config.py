from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from log_processor.config import ELASTIC_VARIABLES, Config, InvalidConfig, keys, load
from log_processor.config.keys import sections
from log_processor.config.sections import LIMITS
from log_processor.config.sources import from_file
from log_processor.config.values import convert
from log_processor.errors import ConfigError

SAMPLE = Path(__file__).parents[2] / "config" / "log-processor.yaml"
ALLOW = "fetch: {allow: ['https://logs.example.org/']}\n"
ANCESTOR = """\
gearman-host: logstash.example.org
gearman-port: 4731
output-host: localhost
output-port: 9998
output-mode: tcp
"""


def read(
    tmp_path: Path,
    text: str | bytes = "",
    environ: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
    mode: int = 0o600,
) -> Config:
    """Load a file with this text."""
    path = tmp_path / "worker.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return load(path, environ=environ or {}, overrides=overrides)


def problems(
    tmp_path: Path,
    text: str | bytes = "",
    environ: Mapping[str, str] | None = None,
    overrides: Sequence[str] = (),
    mode: int = 0o600,
) -> list[str]:
    """Return what is wrong with a file, without its folder."""
    with pytest.raises(InvalidConfig) as raised:
        read(tmp_path, text, environ, overrides, mode)
    return [problem.replace(f"{tmp_path}/", "") for problem in raised.value.problems]


# The file that is shipped


def test_the_shipped_file_says_the_defaults() -> None:
    assert load(None, environ={}, overrides=[]) == load(SAMPLE, environ={}, overrides=[])


def test_the_shipped_file_holds_every_key_once() -> None:
    found: list[str] = []
    assert list(keys()) == list(from_file(SAMPLE, found))
    assert found == []


def test_each_value_of_the_shipped_file_can_be_said_in_the_environment_and_on_the_command_line() -> None:
    text = {
        path: f"[{', '.join(given.value)}]" if isinstance(given.value, tuple) else given.value
        for path, given in from_file(SAMPLE, []).items()
        if given.value is not None
    }
    environ = {keys()[path].variable: value for path, value in text.items()}
    defaults = load(None, environ={}, overrides=[])

    assert defaults == load(None, environ=environ, overrides=[])
    assert defaults == load(None, environ={}, overrides=[f"{path}={value}" for path, value in text.items()])


def test_limits_and_variables_name_keys_that_exist() -> None:
    assert set() == set(LIMITS) - set(keys())
    assert set() == set(ELASTIC_VARIABLES.values()) - set(keys())


def test_the_configuration_cannot_be_changed() -> None:
    config = load(None, environ={}, overrides=[])
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.score.threshold = 0.5  # type: ignore[misc]
    assert all(settings.__dataclass_params__.frozen for settings in sections().values())


# Who wins


def test_flags_win_over_the_environment_the_environment_over_the_file_the_file_over_the_defaults(
    tmp_path: Path,
) -> None:
    text = "gearman: {host: file, port: 1, function: file}\n"
    environ = {"LOG_PROCESSOR_GEARMAN_HOST": "environment", "LOG_PROCESSOR_GEARMAN_PORT": "2"}
    config = read(tmp_path, text, environ, ["gearman.host=flag"])

    assert ("flag", 2, "file") == (config.gearman.host, config.gearman.port, config.gearman.function)
    assert 0.25 == config.score.threshold


def test_the_last_flag_of_a_key_wins() -> None:
    config = load(None, environ={}, overrides=["gearman.port=1", "gearman.port=2"])
    assert 2 == config.gearman.port


@pytest.mark.parametrize("variable", ["ELASTICSEARCH_HOSTS", "ES_URL"])
def test_the_variables_of_elasticsearch_s_tools_name_the_store(variable: str) -> None:
    config = load(None, environ={variable: "https://search.example.org:9200"}, overrides=[])
    assert "https://search.example.org:9200" == config.store.url


@pytest.mark.parametrize("variable", ["ELASTICSEARCH_API_KEY", "ES_API_KEY"])
def test_the_variables_of_elasticsearch_s_tools_give_the_key(variable: str) -> None:
    assert "abc==" == load(None, environ={variable: "abc=="}, overrides=[]).store.api_key


def test_the_variables_of_elasticsearch_s_tools_give_user_password_and_certificate() -> None:
    environ = {"ES_USERNAME": "elastic", "ES_PASSWORD": "x", "ES_CA_CERT": "/etc/ca.pem"}
    store = load(None, environ=environ, overrides=[]).store
    assert ("elastic", "x", "/etc/ca.pem") == (store.username, store.password, store.ca_certs)


def test_our_own_variable_wins_over_elasticsearch_s() -> None:
    environ = {"ES_URL": "http://a:9200", "LOG_PROCESSOR_STORE_URL": "http://b:9200"}
    assert "http://b:9200" == load(None, environ=environ, overrides=[]).store.url


def test_an_empty_variable_of_another_tool_says_nothing() -> None:
    assert Config().store == load(None, environ={"ES_URL": "", "ES_PASSWORD": ""}, overrides=[]).store


def test_two_spellings_of_one_variable_have_to_agree(tmp_path: Path) -> None:
    environ = {"ES_URL": "http://a:9200", "ELASTICSEARCH_HOSTS": "http://b:9200"}
    assert ["ES_URL: store.url: differs from ELASTICSEARCH_HOSTS; set one of the two"] == problems(
        tmp_path, environ=environ
    )
    environ = {"ES_URL": "http://a:9200", "ELASTICSEARCH_HOSTS": "http://a:9200"}
    assert "http://a:9200" == read(tmp_path, environ=environ).store.url


# What a value means is the field's type's to say


@pytest.mark.parametrize(
    ("written", "hint", "value"),
    [
        ("no", str, "no"),
        ("0644", str, "0644"),
        ("12:30", str, "12:30"),
        ("4730", int, 4730),
        ("30", float, 30.0),
        ("1e3", float, 1000.0),
        ("True", bool, True),
        ("off", bool, False),
        ("a", tuple[str, ...], ("a",)),
        (("a", "b"), tuple[str, ...], ("a", "b")),
        ((), tuple[str, ...], ()),
        (None, str | None, None),
        ("null", str | None, "null"),
        ("x/y", Path, Path("x/y")),
    ],
)
def test_a_text_means_what_the_type_takes(
    written: str | tuple[str, ...] | None, hint: object, value: object
) -> None:
    assert value == convert(written, hint)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("gearman: {port: 70000}", "gearman.port: expected a whole number from 1 to 65535, got '70000'"),
        ("gearman: {port: 1.5}", "gearman.port: expected a whole number from 1 to 65535, got '1.5'"),
        ("gearman: {port: 47:30}", "gearman.port: expected a whole number from 1 to 65535, got '47:30'"),
        ("gearman: {port: }", "gearman.port: expected a whole number from 1 to 65535, got nothing"),
        ("gearman: {port: [1]}", "gearman.port: expected a whole number from 1 to 65535, got a list"),
        ("gearman: {port: {a: 1}}", "gearman.port: expected a value or a list of values, got a mapping"),
        ("gearman: {host: ''}", "gearman.host: expected text, got ''"),
        ("store: {chunk_lines: 0}", "store.chunk_lines: expected a whole number above 0, got '0'"),
        ("store: {timeout_seconds: 0}", "store.timeout_seconds: expected a number above 0, got '0'"),
        ("store: {timeout_seconds: .inf}", "store.timeout_seconds: expected a number above 0, got '.inf'"),
        ("store: {timeout_seconds: inf}", "store.timeout_seconds: expected a number above 0, got 'inf'"),
        ("store: {verify_certs: 2}", "store.verify_certs: expected true or false, got '2'"),
        ("score: {threshold: 1.5}", "score.threshold: expected a number from 0 to 1, got '1.5'"),
        ("score: {threshold: nan}", "score.threshold: expected a number from 0 to 1, got 'nan'"),
        (
            "models: {fallback: [branch, projct]}",
            "models.fallback: expected one of branch, project, job, got 'projct'; did you mean project?",
        ),
        ("metrics: {listen: '9128'}", "metrics.listen: expected host:port, got '9128'"),
        (
            "fetch: {allow: logs.example.org}",
            "fetch.allow: the URL has to begin with http://, https:// or file://",
        ),
        ("learn: {statuses: }", "learn.statuses: expected a list, got nothing"),
        ("score: 3", "score: expected a section with keys below it, got a value"),
        ("gearman: {prot: 3}", "gearman.prot: unknown key; did you mean gearman.port?"),
        ("gearmn: {port: 3}", "gearmn.port: unknown key; did you mean gearman.port?"),
        ("zzz: 3", "zzz: unknown key"),
        ("[a]: 3", "expected a key, got a list"),
        ("- gearman", "expected sections such as gearman:, got a list"),
        ("gearman", "expected sections such as gearman:, got a single value"),
        ("a: [", "is not YAML: expected the node content, but found '<stream end>'"),
        ("a: *b", "is not YAML: found undefined alias 'b'"),
    ],
)
def test_a_wrong_value_is_named_with_its_line_its_key_and_what_was_expected(
    tmp_path: Path, line: str, problem: str
) -> None:
    assert [f"worker.yaml:1: {problem}"] == problems(tmp_path, line)


@pytest.mark.parametrize(
    ("text", "said"),
    [("0", "0"), ("0.25", "0.25"), ("1", "1")],
)
def test_a_limit_itself_is_allowed(tmp_path: Path, text: str, said: str) -> None:
    assert float(said) == read(tmp_path, f"score: {{threshold: {text}}}").score.threshold


def test_metrics_can_be_switched_off_and_on(tmp_path: Path) -> None:
    assert read(tmp_path, "metrics: {listen: null}").metrics.listen is None
    assert read(tmp_path, overrides=["metrics.listen=null"]).metrics.listen is None
    assert read(tmp_path, environ={"LOG_PROCESSOR_METRICS_LISTEN": ""}).metrics.listen is None
    assert "[::1]:0" == read(tmp_path, overrides=["metrics.listen='[::1]:0'"]).metrics.listen


@pytest.mark.parametrize(
    ("url", "takes"),
    [
        ("sqlite:///x.sqlite", True),
        ("sqlite:////var/lib/x.sqlite", True),
        ("http://localhost:9200", True),
        ("https://search.example.org/behind/a/proxy", True),
        ("logstash+tcp://localhost:9999", True),
        ("logstash+tcp://[::1]:9999", True),
        ("logstash+tcp://localhost", False),
        ("sqlite://x", False),
        ("http://a:9200,http://b:9200", False),
        ("localhost:9200", False),
        ("http://", False),
    ],
)
def test_a_store_is_one_url_of_a_known_kind(tmp_path: Path, url: str, takes: bool) -> None:  # noqa: FBT001 - a case
    if takes:
        assert url == read(tmp_path, environ={"LOG_PROCESSOR_STORE_URL": url}).store.url
    else:
        (problem,) = problems(tmp_path, environ={"LOG_PROCESSOR_STORE_URL": url})
        assert problem.startswith("LOG_PROCESSOR_STORE_URL: store.url: expected one URL")


def test_a_list_of_one_may_be_written_without_brackets() -> None:
    environ = {"LOG_PROCESSOR_FETCH_ALLOW": "https://logs.example.org/"}
    assert ("https://logs.example.org/",) == load(None, environ=environ, overrides=[]).fetch.allow


def test_a_section_whose_keys_are_all_commented_out_keeps_its_defaults(tmp_path: Path) -> None:
    assert Config().gearman == read(tmp_path, "gearman:\n  # port: 1\n").gearman


# What is wrong with a file, all at once


def test_every_problem_of_every_source_is_named_at_once(tmp_path: Path) -> None:
    text = "gearman:\n  port: 0\n  prot: 1\nscore: {threshold: 2}\n"
    environ = {"LOG_PROCESSOR_GEARMAN_PROT": "1", "LOG_PROCESSOR_GEARMAN_PORT": "x"}
    assert {
        "worker.yaml:2: gearman.port: expected a whole number from 1 to 65535, got '0'",
        "worker.yaml:3: gearman.prot: unknown key; did you mean gearman.port?",
        "worker.yaml:4: score.threshold: expected a number from 0 to 1, got '2'",
        "LOG_PROCESSOR_GEARMAN_PROT: unknown variable; did you mean LOG_PROCESSOR_GEARMAN_PORT?",
        "LOG_PROCESSOR_GEARMAN_PORT: gearman.port: expected a whole number from 1 to 65535, got 'x'",
        "--set gearman.prt: unknown key; did you mean gearman.port?",
        "--set gearman.port: expected section.key=VALUE",
        "--set: gearman.host: is not YAML; put quotes around it",
        "--set: learn.statuses: expected a value or a list of values, got a mapping",
    } == set(
        problems(
            tmp_path,
            text,
            environ,
            ["gearman.prt=1", "gearman.port", "gearman.host=[a", "learn.statuses={a: b}"],
        )
    )


def test_the_error_is_a_configuration_error_that_says_every_problem(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, "a: 1\nb: 2\n")
    assert f"{tmp_path}/worker.yaml:1: a: unknown key\n{tmp_path}/worker.yaml:2: b: unknown key" == str(
        raised.value
    )


@pytest.mark.parametrize(
    "text", ["gearman:\n  port: 1\n  port: 2\n", "gearman: {port: 1}\n\ngearman: {host: a}\n"]
)
def test_a_key_given_twice_is_refused(tmp_path: Path, text: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert problem.startswith("worker.yaml:3: gearman")
    assert "is given twice, first in" in problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (b"gearman: {host: caf\xe9}", "worker.yaml: is not UTF-8 (byte 19); save it as UTF-8"),
        (b"a: \x00", "worker.yaml: is not YAML: unacceptable character #x0000"),
        (b"[" * 100_000, "worker.yaml: is not YAML: maximum recursion depth exceeded"),
        (b"--- a\n--- b\n", "worker.yaml:2: is not YAML: but found another document"),
    ],
)
def test_a_file_that_is_no_text_or_no_yaml_is_named(tmp_path: Path, text: bytes, problem: str) -> None:
    (said,) = problems(tmp_path, text)
    assert said.startswith(problem)


def test_a_file_that_is_not_there_or_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidConfig) as raised:
        load(tmp_path / "none.yaml", environ={}, overrides=[])
    assert (f"{tmp_path}/none.yaml: cannot be read: No such file or directory",) == raised.value.problems
    with pytest.raises(InvalidConfig) as raised:
        load(tmp_path, environ={}, overrides=[])
    assert (f"{tmp_path}: cannot be read: Is a directory",) == raised.value.problems


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert load(None, environ={}, overrides=[]) == read(tmp_path, "# nothing\n")


def test_a_tag_builds_no_object(tmp_path: Path) -> None:
    text = "gearman: {host: !!python/object/apply:os.getcwd [], function: !!python/name:os.system x}"
    assert ["worker.yaml:1: gearman.host: expected text, got a list"] == problems(tmp_path, text)


@given(st.binary() | st.text().map(str.encode) | st.text("abg{}[]:,-&*!|> \n'\"#%").map(str.encode))
def test_whatever_a_file_holds_it_is_read_or_its_problems_are_named(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_bytes(content)
    with contextlib.suppress(InvalidConfig):
        assert isinstance(load(path, environ={}, overrides=[]), Config)


@given(st.sampled_from(sorted(keys())), st.text())
def test_whatever_a_flag_says_it_is_taken_or_named(path: str, value: str) -> None:
    problems: tuple[str, ...] = ()
    try:
        load(None, environ={}, overrides=[f"{path}={value}"])
    except InvalidConfig as error:
        problems = error.problems
    assert all(path in problem for problem in problems)


# Secrets


def test_a_secret_comes_from_the_environment_as_it_is() -> None:
    environ = {"LOG_PROCESSOR_STORE_PASSWORD": "a: b #c", "LOG_PROCESSOR_STORE_API_KEY": "null"}
    store = load(None, environ=environ, overrides=[]).store
    assert ("a: b #c", "null") == (store.password, store.api_key)


@pytest.mark.parametrize("key", ["password", "api_key"])
def test_a_secret_comes_from_a_file_named_anywhere(tmp_path: Path, key: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2\n")
    variable = {f"LOG_PROCESSOR_STORE_{key.upper()}_FILE": str(secret)}
    for config in (
        read(tmp_path, f"store: {{{key}_file: {secret}}}"),
        read(tmp_path, f"store: {{{key}_file: {secret}, {key}: null}}"),
        read(tmp_path, environ=variable),
        read(tmp_path, overrides=[f"store.{key}_file={secret}"]),
    ):
        assert "hunter2" == getattr(config.store, key)


def test_a_secret_in_the_environment_wins_over_its_file_in_yaml(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from file")
    config = read(
        tmp_path, f"store: {{password_file: {tmp_path}/secret}}", {"ES_PASSWORD": "from environment"}
    )
    assert "from environment" == config.store.password


def test_a_secret_and_its_file_in_one_source_are_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (problem,) = problems(tmp_path, f"store:\n  password: x\n  password_file: {tmp_path}/secret\n")
    assert (
        "worker.yaml:3: store.password_file: worker.yaml:2 sets store.password too; keep one of the two"
        == problem
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [(None, "cannot be read: No such file or directory"), (b" \n", "is empty"), (b"\xff", "is not UTF-8")],
)
def test_a_secret_s_file_that_gives_none_is_named(tmp_path: Path, content: bytes | None, reason: str) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    assert [f"worker.yaml:1: store.api_key_file: secret {reason}"] == problems(
        tmp_path, f"store: {{api_key_file: {tmp_path}/secret}}"
    )


def test_a_secret_on_the_command_line_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidConfig) as raised:
        load(None, environ={}, overrides=["store.password=hunter2"])
    (problem,) = raised.value.problems
    assert problem.startswith("--set store.password: every user of this machine can see a command line")
    assert "set LOG_PROCESSOR_STORE_PASSWORD" in problem
    assert "hunter2" not in problem


def test_a_secret_in_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    text = "store: {password: hunter2}"
    assert "hunter2" == read(tmp_path, text, mode=0o640).store.password
    (problem,) = problems(tmp_path, text, mode=0o644)
    assert problem.startswith(
        "worker.yaml: store.password: every user of this machine can read the file; chmod o-r"
    )
    assert "hunter2" not in problem


def test_a_password_inside_a_url_is_refused_and_not_repeated(tmp_path: Path) -> None:
    for text in ("store: {url: 'https://u:hunter2@h'}", "fetch: {allow: ['https://u:hunter2@h/']}"):
        (problem,) = problems(tmp_path, text)
        assert "a URL must not hold a password" in problem
        assert "hunter2" not in problem


def test_no_secret_is_shown() -> None:
    environ = {"ES_PASSWORD": "hunter2", "ES_API_KEY": "hunter3"}
    assert "hunter" not in repr(load(None, environ=environ, overrides=[]))


# The ancestor's worker file


def test_the_ancestor_s_file_is_translated(tmp_path: Path) -> None:
    text = ANCESTOR + "log-ca-certs: /etc/ca.pem\nlog-cert-verify: true\n"
    config = read(tmp_path, text, {"LOG_PROCESSOR_FETCH_ALLOW": "https://logs.example.org/"})

    assert ("logstash.example.org", 4731) == (config.gearman.host, config.gearman.port)
    assert "logstash+tcp://localhost:9998" == config.store.url
    assert "/etc/ca.pem" == config.fetch.ca_certs
    assert () == config.notices


def test_the_ancestor_s_output_to_an_ipv6_address_is_translated(tmp_path: Path) -> None:
    config = read(tmp_path, "output-mode: tcp\noutput-host: '::1'\n")
    assert "logstash+tcp://[::1]:9999" == config.store.url


def test_without_output_keys_another_source_names_the_store(tmp_path: Path) -> None:
    config = read(tmp_path, "gearman-host: a\n", {"ES_URL": "http://localhost:9200"})
    assert "http://localhost:9200" == config.store.url


def test_keys_of_the_ancestor_that_do_nothing_here_are_named_once_without_their_values(
    tmp_path: Path,
) -> None:
    text = ANCESTOR + "crm114-script: /x\ncrm114-data: /y\nmqtt-host: m\nmqtt-pass: hunter2\nmqtt-user:\n"
    config = read(tmp_path, text, overrides=["fetch.allow=https://logs.example.org/"])
    assert (
        "crm114-script, crm114-data: no longer needed: every line gets its distance without CRM114",
        "mqtt-host, mqtt-pass: not supported yet: nothing is published over MQTT",
    ) == config.notices


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (ANCESTOR.replace("tcp", "udp"), "worker.yaml:5: output-mode: expected tcp, got 'udp';"),
        (
            ANCESTOR.replace("output-mode: tcp\n", ""),
            "worker.yaml:3: output-mode: expected tcp, got nothing;",
        ),
        (
            ANCESTOR.replace("9998", "0"),
            "worker.yaml:4: output-port: expected a whole number from 1 to 65535, got '0'",
        ),
        (
            ANCESTOR.replace("4731", "x"),
            "worker.yaml:2 (gearman-port): gearman.port: expected a whole number",
        ),
        (
            ANCESTOR.replace("output-host: localhost\n", ""),
            "worker.yaml:3: output-host: expected text, got nothing",
        ),
        (ANCESTOR + "log-cert-verify: false\n", "worker.yaml:6: log-cert-verify: false is not supported"),
        (
            ANCESTOR + "log-cert-verify: maybe\n",
            "worker.yaml:6: log-cert-verify: expected true or false, got 'maybe'",
        ),
        (ANCESTOR + "mqtt-hosts: a\n", "worker.yaml:6: mqtt-hosts: unknown key; did you mean mqtt-host?"),
        (
            ANCESTOR + ALLOW,
            "worker.yaml:6: fetch.allow: stands beside the old key gearman-host; write one style or the other",
        ),
    ],
)
def test_what_is_wrong_in_an_ancestor_s_file_is_named(tmp_path: Path, text: str, problem: str) -> None:
    (said,) = problems(tmp_path, text)
    assert said.startswith(problem)


# What a person should know


def test_an_empty_list_of_log_servers_is_said(tmp_path: Path) -> None:
    (notice,) = read(tmp_path).notices
    assert notice.startswith("fetch.allow is empty, so every job will be refused")
    assert () == read(tmp_path, ALLOW).notices


def test_reading_leaves_the_environment_alone() -> None:
    before = dict(os.environ)
    load(SAMPLE, environ=os.environ, overrides=[])
    assert before == dict(os.environ)
