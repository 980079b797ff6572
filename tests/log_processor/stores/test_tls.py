from __future__ import annotations

import pytest

from log_processor.stores.tls import tls_mend


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1016)", "speaks plain http"),
        ("[SSL] record layer failure (_ssl.c:1000)", "speaks plain http"),
        (
            "certificate verify failed: certificate has expired (_ssl.c:1016)",
            "renew the server's certificate",
        ),
        ("certificate verify failed: certificate is not yet valid", "begins in the future"),
        (
            "certificate verify failed: IP address mismatch, certificate is not valid for '127.0.0.1'",
            "name this host",
        ),
        ("Hostname mismatch, certificate is not valid for 'a'", "name this host"),
        ('Fingerprints did not match. Expected "aa", got "bb"', "store.fingerprint is another certificate's"),
        (
            "certificate verify failed: self-signed certificate in certificate chain",
            "store.ca_certs, or the fingerprint",
        ),
        ("anything else", "store.ca_certs, or the fingerprint"),
    ],
)
def test_each_failure_has_its_mend(said: str, mend: str) -> None:
    assert mend in tls_mend(said)
