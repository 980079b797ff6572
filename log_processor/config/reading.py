"""Reading the configuration: flags over environment over YAML over defaults."""

from __future__ import annotations

import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from log_processor.config import ancestor
from log_processor.config.keys import Key, keys, sections, values
from log_processor.config.sections import Config
from log_processor.config.sources import Given, Layer, from_file, from_text
from log_processor.config.values import nearest
from log_processor.errors import ConfigError

ELASTIC_VARIABLES: Mapping[str, str] = {
    "ELASTICSEARCH_HOSTS": "store.url",
    "ES_URL": "store.url",
    "ES_LOCAL_URL": "store.url",
    "ELASTICSEARCH_API_KEY": "store.api_key",
    "ES_API_KEY": "store.api_key",
    "ES_LOCAL_API_KEY": "store.api_key",
    "ES_USERNAME": "store.username",
    "ES_PASSWORD": "store.password",
    "ES_CA_CERT": "store.ca_certs",
    "KIBANA_URL": "kibana.url",
    "KB_LOCAL_URL": "kibana.url",
    "KIBANA_API_KEY": "kibana.api_key",
}
"""What Elasticsearch's own tools call it; the key's own variable wins over these."""

_NOTHING_ALLOWED = (
    "fetch.allow is empty, so every job will be refused: name the log servers, for example "
    "fetch.allow: [https://logs.example.org/]"
)


class InvalidConfig(ConfigError):
    """The configuration is wrong in one or more places.

    Attributes:
        problems: one line each: where, which key, what was expected, what came, how to mend it.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(
            " ".join(problem.split()) for problem in problems
        )  # a key may hold a line's end
        super().__init__("\n".join(self.problems))


def load(path: Path | None, *, environ: Mapping[str, str], overrides: Sequence[str]) -> Config:
    """Read the configuration.

    Args:
        path: the YAML file, in our keys or the ancestor's; None for none.
        environ: the environment.
        overrides: `section.key=VALUE` of the command line, VALUE in YAML.

    Raises:
        InvalidConfig: something is wrong; it names every wrong thing at once.
    """
    problems: list[str] = []
    known = keys()
    written, notices = _file(path, known, problems) if path else ({}, ())
    layers = (
        written,
        _elastic(environ, problems),
        _environment(environ, known, problems),
        _command_line(overrides, known, problems),
    )
    chosen: dict[str, object] = {}
    for layer in layers:
        chosen |= values(layer, known, problems)
    if problems:
        raise InvalidConfig(problems)
    built: dict[str, Any] = {}
    for section, settings in sections().items():
        prefix = f"{section}."
        built[section] = settings(
            **{k.removeprefix(prefix): v for k, v in chosen.items() if k.startswith(prefix)}
        )
    if not built["fetch"].allow:
        notices += (_NOTHING_ALLOWED,)
    return Config(**built, notices=notices)


def _file(path: Path, known: Mapping[str, Key], problems: list[str]) -> tuple[Layer, tuple[str, ...]]:
    """Return what the file says in our keys, and what its person should know."""
    layer = from_file(path, problems)
    if not ancestor.KEYS.isdisjoint(layer):
        return ancestor.translate(layer, problems)
    secrets = [
        key for key, given in layer.items() if key in known and known[key].secret and given.value is not None
    ]
    if secrets and path.stat().st_mode & stat.S_IROTH:
        problems.append(
            f"{path}: {', '.join(secrets)}: every user of this machine can read the file; "
            f"chmod o-r {path}, or name a file that holds the secret in {secrets[0]}_file"
        )
    for section in sections():
        given = layer.pop(section, Given(None, ""))  # null where all of a section's keys are commented out
        if given.value is not None:
            problems.append(f"{given.origin}: {section}: expected a section with keys below it, got a value")
    return layer, ()


def _elastic(environ: Mapping[str, str], problems: list[str]) -> Layer:
    layer: Layer = {}
    for variable, path in ELASTIC_VARIABLES.items():
        text = environ.get(variable)
        if not text:
            continue
        if path in layer and layer[path].value != text:
            problems.append(f"{variable}: {path}: differs from {layer[path].origin}; set one of the two")
        layer[path] = Given(text, variable)
    return layer


def _environment(environ: Mapping[str, str], known: Mapping[str, Key], problems: list[str]) -> Layer:
    variables = {key.variable: key for key in known.values()}
    layer: Layer = {}
    for variable in sorted(environ):
        if variable in variables:
            _put(layer, variables[variable], environ[variable], variable, problems)
        elif variable.startswith("LOG_PROCESSOR_"):
            problems.append(f"{variable}: unknown variable{nearest(variable, variables)}")
    return layer


def _command_line(overrides: Sequence[str], known: Mapping[str, Key], problems: list[str]) -> Layer:
    layer: Layer = {}
    for override in overrides:
        path, separator, text = override.partition("=")
        if not separator:
            problems.append(f"--set {path}: expected section.key=VALUE")
        elif path not in known:
            problems.append(f"--set {path}: unknown key{nearest(path, known)}")
        elif known[path].secret:
            problems.append(
                f"--set {path}: every user of this machine can see a command line; "
                f"set {known[path].variable} in the environment, or name a file in {path}_file"
            )
        else:
            _put(layer, known[path], text, "--set", problems)
    return layer


def _put(layer: Layer, key: Key, text: str, origin: str, problems: list[str]) -> None:
    """Put one value of the environment or the command line into the layer; a secret is taken as it is."""
    try:
        layer[key.path] = Given(text if key.secret else from_text(text), origin)
    except ValueError as error:
        problems.append(f"{origin}: {key.path}: {error}")
