"""Words of failure, in the languages that tools speak most."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# Stems and words of failure. A list, not the model's vocabulary, so that one baseline is enough to use it.
_FAILURE = re.compile(
    r"""
    error | fail | fatal | exception | traceback | denied | refus | abort | panic | segfault | segmentation | crash
    | killed | timeout | unable | cannot | invalid | undefined | unexpected | missing | mismatch | conflict | violat
    | degraded | corrupt | reject | forbidden | overflow | oomkill | broken | revoked | expired | exhausted
    | insufficient | deadlock | leak | terminated | interrupted | backoff | quarantin | throttl | malformed | rollback
    | nxdomain | servfail | assert(?:ion)?$ | \x02cross | destroyed | not(?:ready|found|running|available|started|implemented|responding|allowed)
    | ^(?: un(?:reach|avail|health|resolv|author|stable|sign|trust|verif|support|recover|known|usable|responsive).*
        | in(?:complete|compatible|consistent|secure|active|accessible)
        | dis(?:abled|connected|carded|allowed) | no[tn]? | never | err | oom | bug | oops | wrong | bad | lost | dead | down
        | stuck | hung | halted | stopped | stale | dirty | offline | critical | emergency | severe | evicted | blocked
        | suspended | dropped | tainted | truncated | partial | cancell?ed | starved | red | nan | xfail | readonly
        | warn(?:ing)? )$
    """,
    re.VERBOSE,
)
# The same in the languages that tools are translated to most.
_FAILURE_ABROAD = re.compile(
    "失敗|失败|エラー|错误|錯誤|异常|異常|無法|无法|실패|오류|ошибк|сбой|прерван|невозможно|неудач|fehler|fehlgeschlagen|abgebrochen"
    "|échec|échou|erreur|impossible|falló|fallo|fallid|falha|falhou|błąd|niepowodz|hata|errore|fallit|mislukt"
)


def failures(tokens: Iterable[str], parts: int = 1) -> list[str]:
    """Return the words of failure that consist of so many parts at the most, such as the two of `conflict_rate`."""
    return sorted(t for t in tokens if "=" not in t and t.count("_") < parts and _is_failure(t))


@lru_cache(maxsize=1 << 16)  # tokens come again and again, and the patterns are long
def _is_failure(token: str) -> bool:
    return _FAILURE.search(token) is not None or _FAILURE_ABROAD.search(token) is not None
