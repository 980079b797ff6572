"""The worker YAML of log-gearman-worker, the ancestor, in our words."""

from __future__ import annotations

from collections.abc import Mapping

from log_processor.config.sources import Given, Layer
from log_processor.config.values import Limit, Range, convert, nearest

_OUTPUT_PORT = "9999"  # what the Logstash inputs of the ancestor's deployments listen on
_PORT = Range(1, 65535)
_RENAMED = {
    "gearman-host": "gearman.host",
    "gearman-port": "gearman.port",
    "log-ca-certs": "fetch.ca_certs",
}
_OUTPUT = ("output-host", "output-port", "output-mode")
_WITHOUT_EFFECT = {
    "crm114-script": "no longer needed: every line gets its distance without CRM114",
    "crm114-data": "no longer needed: every line gets its distance without CRM114",
    **dict.fromkeys(
        (
            "mqtt-host",
            "mqtt-port",
            "mqtt-user",
            "mqtt-pass",
            "mqtt-topic",
            "mqtt-ca-certs",
            "mqtt-certfile",
            "mqtt-keyfile",
        ),
        "not supported yet: nothing is published over MQTT",
    ),
}
KEYS = frozenset({*_RENAMED, *_OUTPUT, *_WITHOUT_EFFECT, "log-cert-verify"})
"""Every key that the ancestor read."""


def translate(layer: Layer, problems: list[str]) -> tuple[Layer, tuple[str, ...]]:
    """Return an ancestor's file in our keys, and what its person should know once.

    Keys that belong to neither are appended to `problems`, as are ours beside the ancestor's: one file speaks
    one language.
    """
    for key, given in layer.items():
        if key not in KEYS and "." in key:
            old = next(name for name in layer if name in KEYS)
            problems.append(
                f"{given.origin}: {key}: stands beside the old key {old}; write one style or the other"
            )
        elif key not in KEYS:
            problems.append(f"{given.origin}: {key}: unknown key{nearest(key, KEYS)}")
    said = {key: given for key, given in layer.items() if given.value is not None}
    translated = {
        _RENAMED[key]: Given(given.value, f"{given.origin} ({key})")
        for key, given in said.items()
        if key in _RENAMED
    }
    translated.update(_store(said, problems))
    _refuse_unverified(said, problems)
    return translated, _notices(said)


def _store(said: Mapping[str, Given], problems: list[str]) -> Layer:
    """Return the store that the output keys mean; nothing without them, so that another source may name one."""
    first = next((said[key] for key in _OUTPUT if key in said), None)
    if first is None:
        return {}
    absent = Given(None, first.origin)
    mode = said.get("output-mode", absent)
    if mode.value != "tcp":
        came = "nothing" if mode.value is None else repr(mode.value)
        problems.append(
            f"{mode.origin}: output-mode: expected tcp, got {came}; let a tcp input of Logstash "
            "read JSON lines (config/logstash.conf), or name another store (store.url) in place of the output keys"
        )
        return {}
    host = _value(said.get("output-host", absent), "output-host", str, None, problems)
    port = _value(said.get("output-port", Given(_OUTPUT_PORT, "")), "output-port", int, _PORT, problems)
    if host is None or port is None:
        return {}
    address = f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"
    return {"store.url": Given(f"logstash+tcp://{address}", first.origin)}


def _refuse_unverified(said: Mapping[str, Given], problems: list[str]) -> None:
    given = said.get("log-cert-verify")
    if given is not None and _value(given, "log-cert-verify", bool, None, problems) is False:
        problems.append(
            f"{given.origin}: log-cert-verify: false is not supported, the log server's certificate is always verified; name the "
            "file of its authority in log-ca-certs and remove this key"
        )


def _value(given: Given, key: str, hint: object, limit: Limit | None, problems: list[str]) -> object:
    """Return the typed value; None, and a problem more, where there is none."""
    try:
        return convert(given.value, hint, limit)
    except ValueError as error:
        problems.append(f"{given.origin}: {key}: {error}")
        return None


def _notices(said: Mapping[str, Given]) -> tuple[str, ...]:
    """Return one sentence for each reason, naming the keys that it holds for, never their values."""
    keys: dict[str, list[str]] = {}
    for key in said:
        if key in _WITHOUT_EFFECT:
            keys.setdefault(_WITHOUT_EFFECT[key], []).append(key)
    return tuple(f"{', '.join(names)}: {reason}" for reason, names in keys.items())
