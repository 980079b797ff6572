"""What it means when a connection by TLS does not come about, and how it is mended."""

from __future__ import annotations

_PLAIN = "the server speaks plain http there: begin its URL with http, or mend its port"
_OTHER_NAME = "the server's certificate does not name this host: write a host that it names into the URL"
_OTHER_FINGERPRINT = """\
store.fingerprint is another certificate's: it is the SHA-256 of the server's own, not of its authority; \
`openssl x509 -noout -fingerprint -sha256 -in FILE` prints it"""
_MENDS = {
    "wrong version number": _PLAIN,
    "record layer failure": _PLAIN,
    "certificate has expired": "renew the server's certificate, or set this machine's clock",
    "not yet valid": "the server's certificate begins in the future: set this machine's clock, or the server's",
    "ingerprint": _OTHER_FINGERPRINT,
    "is not valid for": _OTHER_NAME,
    "ostname mismatch": _OTHER_NAME,
}
"""A part of the text of the error, and what helps. The libraries have no other way to tell them apart."""


def tls_mend(text: str) -> str:
    """Say how a person mends it.

    Args:
        text: what the TLS library said.
    """
    for part, mend in _MENDS.items():
        if part in text:
            return mend
    return (
        "check that it speaks https, and name the file of its certificate authority in store.ca_certs, "
        "or the fingerprint of its certificate in store.fingerprint"
    )
