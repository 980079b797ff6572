"""Words of failure, in the languages that tools speak most."""

from __future__ import annotations

from collections.abc import Collection, Sequence

_END = "\n"  # before and behind each word of a text


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# A list, not the model's vocabulary, so that one baseline is enough to use it. No pattern: most lines have no word
# of failure, and to look for each of them in the whole line says so sooner than any pattern.
_WORDS = frozenset(
    _words("""
    no not non never err oom bug oops wrong bad lost dead down stuck hung halted stopped stale dirty offline critical
    emergency severe evicted blocked suspended dropped tainted truncated partial canceled cancelled starved red nan
    xfail readonly warn warning incomplete incompatible inconsistent insecure inactive inaccessible disabled
    disconnected discarded disallowed
    """)
)
_STEMS = _words("""
    error fail fatal exception traceback denied refus abort panic segfault segmentation crash killed timeout unable
    cannot invalid undefined unexpected missing mismatch conflict violat degraded corrupt reject forbidden overflow
    oomkill broken revoked expired exhausted insufficient deadlock leak terminated interrupted backoff quarantin
    throttl malformed rollback nxdomain servfail \x02cross destroyed
    fehler fehlgeschlagen abgebrochen erreur impossible fallo fallid falha falhou hata errore fallit mislukt niepowodz
""")
_STEMS_BEYOND_ASCII = _words("""
    失敗 失败 エラー 错误 錯誤 异常 異常 無法 无法 실패 오류 ошибк сбой прерван невозможно неудач échec échou falló błąd
""")
# Of stems that begin alike the beginning is looked for first.
_STEMS_BY_BEGINNING = {
    f"{_END}un": _words("""
        reach avail health resolv author stable sign trust verif support recover known usable responsive
    """),
    "not": _words("ready found running available started implemented responding allowed"),
    "assert": (_END, f"ion{_END}"),
}

PHRASES = (
    *_STEMS,
    *(f"{_END}{word}{_END}" for word in sorted(_WORDS)),
    *(beginning + other for beginning, others in _STEMS_BY_BEGINNING.items() for other in others),
)
"""One of these is in the tokens of each text of ASCII with a word of failure, with LFs between, before and behind."""


def failures(tokens: Collection[str], parts: int = 1) -> list[str]:
    """Return the words of failure that consist of so many parts at the most, such as the two of `conflict_rate`."""
    found = _stems(_END + _END.join(tokens) + _END)
    if not found and _WORDS.isdisjoint(tokens):
        return []
    return sorted(
        token
        for token in tokens
        if "=" not in token and token.count("_") < parts and (token in _WORDS or _has(token, found))
    )


def _stems(text: str) -> list[str]:
    """Return the stems that a text has."""
    found = [stem for stem in _STEMS if stem in text]
    if not text.isascii():
        found += [stem for stem in _STEMS_BEYOND_ASCII if stem in text]
    for beginning, others in _STEMS_BY_BEGINNING.items():
        if beginning in text:
            found += [stem for other in others if (stem := beginning + other) in text]
    return found


def _has(token: str, stems: Sequence[str]) -> bool:
    text = _END + token + _END
    return any(stem in text for stem in stems)
