"""Tokens for the APIs of CI systems, out of the environment: they stand in no argument and in no message."""

from __future__ import annotations

from collections.abc import Mapping

from log_processor.errors import ConfigError
from log_processor.fetch.allow import Address, parse

GITHUB_API = "https://api.github.com"
GITLAB = "https://gitlab.com"

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def github(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what to send as `Authorization` to GitHub, by the origin that it is for; nothing without a token.

    Raises:
        ConfigError: the token cannot be sent, or not in secret.
    """
    return _authorization(environment, "GITHUB_TOKEN", "GITHUB_API_URL", GITHUB_API)


def gitlab(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what to send as `Authorization` to GitLab, by the origin that it is for; nothing without a token.

    Raises:
        ConfigError: the token cannot be sent, or not in secret.
    """
    return _authorization(environment, "GITLAB_TOKEN", "CI_SERVER_URL", GITLAB)


def _authorization(environment: Mapping[str, str], name: str, place: str, default: str) -> dict[str, str]:
    """Return a token for the server that a variable names, as the system sets it in its own jobs, or the usual one."""
    token = environment.get(name)
    if not token:
        return {}
    return {_origin(environment.get(place) or default, place): f"Bearer {_token(token, name)}"}


def _origin(url: str, variable: str) -> str:
    address = address_of(url, variable)
    if address.scheme != "https" and address.host not in _LOOPBACK:
        raise ConfigError(f"{variable}: a token is sent over https:// only, not to {address.origin}")
    return address.origin


def address_of(url: str, variable: str) -> Address:
    """Take the URL in a variable apart.

    Raises:
        ConfigError: it is none.
    """
    try:
        return parse(url)
    except ValueError as error:
        raise ConfigError(f"{variable}: {error}") from None


def _token(text: str, variable: str) -> str:
    if not (text.isascii() and text.isprintable() and " " not in text):
        raise ConfigError(
            f"{variable}: holds characters that no token has; is there a blank or a new line in it?"
        )
    return text
