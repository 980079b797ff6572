"""Elasticsearch with TLS, users and API keys."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from tests.services.servers import (
    ELASTICSEARCH_VERSION,
    NOBODY,
    Elasticsearch,
    ServerMissingError,
    elasticsearch_home,
)

PASSWORD = "secret-of-tests"
_HASH = "$2a$10$f2R.LevQqgWObTUZYw9qYuYCHqRqzkSV05q9SuaQ2bF6ic.njMwbi"
_KEY = "ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
_DESCRIPTOR = f"""\
description=parts that the minimal build lacks
version=1
name=parts
classname=parts.SecurityParts
java.version=17
elasticsearch.version={ELASTICSEARCH_VERSION}
"""


class SecuredElasticsearch(Elasticsearch):
    """User admin may do everything, nobody nothing; both have `PASSWORD`. The certificate names 127.0.0.1 alone."""

    configuration: ClassVar[Mapping[str, str]] = {
        "users": f"admin:{_HASH}\nnobody:{_HASH}\n",
        "users_roles": "superuser:admin\n",
    }

    def __init__(self) -> None:
        super().__init__(
            **{
                "xpack.security.enabled": "true",
                "xpack.security.http.ssl.enabled": "true",
                "xpack.security.http.ssl.key": "http.key",
                "xpack.security.http.ssl.certificate": "http.crt",
                "resource.reload.interval.high": "1s",
            }
        )

    @property
    def ca(self) -> Path:
        """The certificate of the authority that signed the server's."""
        return self.folder / "ca" / "ca.crt"

    @property
    def certificate(self) -> Path:
        """The server's certificate."""
        return self.folder / "config" / "http.crt"

    def sign(self, days: int) -> None:
        """Give the server a certificate that ends in so many days; it takes it up by itself."""
        authority = self.ca.parent
        (authority / "names").write_text("subjectAltName=IP:127.0.0.1")
        _openssl(
            f"x509 -req -in http.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days {days} -extfile names -out http.crt",
            authority,
        )
        draft = self.certificate.with_name("http.crt.new")
        shutil.copy(authority / "http.crt", draft)
        if os.getuid() == 0:
            os.chown(draft, NOBODY, NOBODY)
        draft.rename(self.certificate)

    def fingerprint(self) -> str:
        """The SHA-256 of the server's certificate, as openssl prints it."""
        printed = _openssl(f"x509 -noout -fingerprint -sha256 -in {self.certificate}", self.folder)
        return printed.strip().partition("=")[2]

    def _make_folders(self) -> None:
        if (self.folder / "home").exists():
            return
        super()._make_folders()
        plugin = self.folder / "home" / "plugins" / "parts"
        plugin.mkdir(parents=True)
        (plugin / "plugin-descriptor.properties").write_text(_DESCRIPTOR)
        _compile(plugin / "parts.jar", self.folder / "classes")
        self.ca.parent.mkdir()
        _openssl(f"req -x509 -newkey {_KEY} -days 2 -subj /CN=ca -keyout ca.key -out ca.crt", self.ca.parent)
        _openssl(f"req -newkey {_KEY} -subj /CN=test -keyout http.key -out http.csr", self.ca.parent)
        key = self.folder / "config" / "http.key"
        shutil.copy(self.ca.parent / "http.key", key)
        if os.getuid() == 0:
            os.chown(key, NOBODY, NOBODY)
        self.sign(2)

    def _healthy(self) -> bool:
        self.url = self.url.replace("http:", "https:")
        context = ssl.create_default_context(cafile=self.ca)
        try:
            urllib.request.urlopen(f"{self.url}/_cluster/health", timeout=10, context=context).close()
        except urllib.error.HTTPError as error:
            return error.code == 401
        except OSError:
            return False
        return True


def _compile(jar: Path, classes: Path) -> None:
    javac, jar_tool = shutil.which("javac"), shutil.which("jar")
    if javac is None or jar_tool is None:
        raise ServerMissingError("there is no `javac` on the PATH")
    source = str(Path(__file__).with_name("SecurityParts.java"))
    libraries = f"{elasticsearch_home()}/lib/*"
    _run([javac, "--release", "17", "-nowarn", "-cp", libraries, "-d", str(classes), source], None)
    _run([jar_tool, "cf", str(jar), "-C", str(classes), "."], None)


def _openssl(arguments: str, folder: Path) -> str:
    if shutil.which("openssl") is None:
        raise ServerMissingError("there is no `openssl` on the PATH")
    return _run(["openssl", *arguments.split()], folder)


def _run(command: list[str], folder: Path | None) -> str:
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    if ended.returncode:
        raise RuntimeError(f"{command}: {ended.stderr[-2000:]}")
    return ended.stdout
