"""Writes rules_table.c, the rules and searches in the form that the engine runs: python -m anomaly_filter.engine.generate."""  # noqa: INP001 - the generator is no part of what is installed

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from anomaly_filter import tokens
from anomaly_filter.amounts import SLOTS
from anomaly_filter.engine.pattern import UnsupportedError, parsed
from anomaly_filter.engine.program import GROUPS, Assembler, Instruction
from anomaly_filter.engine.tree import (
    ALL,
    END,
    Byte,
    Choice,
    Edge,
    Look,
    Match,
    Nodes,
    alphabet,
    begins,
    first,
    has,
    holds,
    needs,
    shortest,
)
from anomaly_filter.gists import PATTERNS, digest
from anomaly_filter.rules import MASK_BEGINS, RULES, Rule, Stage
from anomaly_filter.searches import Searches

TABLE = Path(__file__).with_name("rules_table.c")

_NEEDS = 3  # as in rule.h; the rarest ones tell most
_BEGINS = 2  # as in rule.h
# How rules.c finds the fields of what a match becomes.
_FIELDS = {"{key}": "\x03", "{class}": "\x04", "{kept}": "\x05"}
_WHOLE = (Stage.NUMBER, Stage.PART, Stage.TOKEN)  # stages whose patterns match from the start to the end
_BLANK = 1 << ord(" ")
_DIGITS = sum(1 << ord(digit) for digit in "0123456789")


def table(rules: Iterable[Rule] = RULES, searches: Searches = SLOTS) -> str:
    """Return the text of rules_table.c.

    Raises:
        UnsupportedError: a pattern is beyond the engine; the message names it or shows its pattern.
    """
    rules = tuple(rules)
    stages = {stage: [rule for rule in rules if rule.stage is stage] for stage in Stage}
    assembler = Assembler()
    mask = _mask(stages[Stage.MASK])
    parts = [
        '/* Made by generate.py. */\n#include "rules_table.h"',
        f'const char RULES_DIGEST[] = "{tokens.Table(rules).digest}";',
        # What rules_table.h says by hand, since it is the size of arrays; of any other size this does not compile.
        f"typedef char longest_word[LONGEST_WORD == {tokens._LONGEST_WORD} ? 1 : -1];",  # noqa: SLF001 - the engine is the other half of tokens.py
        f"const struct rule MASK_RULE = {_row(assembler, mask, whole=False)};",
        _array("const char *const MASK_BECOMES[]", [_quoted(rule.becomes) for rule in stages[Stage.MASK]]),
    ]
    for stage in (Stage.LINE, Stage.WORD, Stage.NUMBER, Stage.PART, Stage.TOKEN):
        rows = [_rule_row(assembler, rule) for rule in stages[stage]]
        parts += _stage(f"{stage.name}_STAGE", filter(None, rows))
    http_key = (*parsed(tokens._HTTP_KEY.pattern), Match(0))  # noqa: SLF001 - the same
    parts.append(f"const struct rule HTTP_KEY_RULE = {_row(assembler, http_key, whole=False)};")
    parts += _searches(assembler, searches)
    parts.append(f'const char GISTS_DIGEST[] = "{digest()}";')
    for name, text in PATTERNS.items():
        parts.append(f"const struct rule {name}_RULE = {_searched(assembler, text, 0)};")
    parts += _code(assembler)
    return "".join(f"{part}\n\n" for part in parts)[:-1]


def _mask(rules: Sequence[Rule]) -> Nodes:
    """Return the one pattern of the stage mask, whose match has the number of the rule."""
    branches: list[Nodes] = []
    for number, rule in enumerate(rules):
        nodes = parsed(rule.pattern)
        if len(rule.becomes) > shortest(nodes):
            raise UnsupportedError(
                f"the rule {rule.name!r} makes words longer: the engine's buffers have no room for that"
            )
        branches.append((*nodes, Match(number)))
    return (*parsed(f"(?={MASK_BEGINS})"), Choice(tuple(branches)))


def _rule_row(assembler: Assembler, rule: Rule) -> str | None:
    """Return a row of a stage's table, or None if the rule matches no ASCII text."""
    nodes = parsed(rule.pattern, ignore_case=rule.stage is Stage.NUMBER)
    if rule.stage not in _WHOLE and not shortest(nodes):
        raise UnsupportedError(
            f"the rule {rule.name!r} can match the empty text: the engine does not replace that"
        )
    if not first(nodes, ALL):
        return None
    if rule.stage is Stage.NUMBER and not any(members & ~_DIGITS == 0 for members in needs(nodes)):
        raise UnsupportedError(
            f"the rule {rule.name!r} needs no digit: the engine tries numbers only where one is"
        )
    before, nodes = _halves(nodes) if rule.stage is Stage.NUMBER else ((), nodes)
    whole = (Edge(END, behind=False),) if rule.stage in _WHOLE else ()
    return _row(
        assembler, (*nodes, *whole, Match(0)), before=before, becomes=rule.becomes, whole=rule.stage in _WHOLE
    )


def _searches(assembler: Assembler, searches: Searches) -> Iterable[str]:
    hints: list[str] = []
    rows: list[str] = []
    for search in searches.searches:
        near = "NULL, 0"
        if search.near:
            near = f"&NEAR[{len(hints)}], {search.near.reach}"
            hints.append(_searched(assembler, search.near.text, 0))
        rows.append(f"{{{_searched(assembler, search.text, search.flags)}, {near}}}")
    yield f'const char SEARCHES_DIGEST[] = "{searches.digest()}";'
    yield _array("static const struct rule NEAR[]", hints)
    yield _array("const struct search SEARCHES[]", rows)
    yield f"const uint32_t SEARCHES_COUNT = {len(rows)};"


def _searched(assembler: Assembler, text: str, flags: int) -> str:
    """Return a row for a pattern that is searched for."""
    pattern = re.compile(text, flags)
    nodes = parsed(text, ignore_case=bool(flags & re.IGNORECASE))
    if not shortest(nodes) or pattern.groups > len(pattern.groupindex):
        raise UnsupportedError(
            f"{text!r}: a search has names for all of its groups, and never matches the empty text"
        )
    return _row(assembler, (*nodes, Match(0)), whole=False, groups=tuple(pattern.groupindex))


def _halves(nodes: Nodes) -> tuple[Nodes, Nodes]:
    """Cut the pattern of a number before the blank between the two words: no other part of it can take that blank."""
    blanks = [at for at, node in enumerate(nodes) if has(alphabet((node,)), ord(" "))]
    if len(blanks) != 1 or nodes[blanks[0]] != Byte(_BLANK):
        raise UnsupportedError("the pattern of a number has one blank, and nothing else that matches a blank")
    if holds(nodes[: blanks[0]], Look):
        raise UnsupportedError("the pattern of a number looks around in its second half only")
    return nodes[: blanks[0]], nodes[blanks[0] :]


def _row(  # noqa: PLR0913 - what a row says, and the assembler of all
    assembler: Assembler,
    nodes: Nodes,
    *,
    whole: bool,
    before: Nodes = (),
    becomes: str = "",
    groups: Sequence[str] = GROUPS,
) -> str:
    every = (*before, *nodes)
    fields = [
        assembler.program(every, groups),
        shortest(every),
        assembler.place(first(every, ALL)),
        _begins(assembler, every),
        assembler.place(alphabet(every) | END if whole else ALL),
        *(_needs(assembler, half) for half in (before, nodes)),
        _quoted(becomes),
    ]
    return f"{{{', '.join(map(str, fields))}}}"


def _begins(assembler: Assembler, nodes: Nodes) -> str:
    pairs = (f"{{{assembler.place(one)}, {assembler.place(other)}}}" for one, other in begins(nodes, _BEGINS))
    return f"{{{', '.join(pairs)}}}"


def _needs(assembler: Assembler, nodes: Nodes) -> str:
    found: list[int] = []
    for members in sorted(needs(nodes) - {_BLANK}, key=lambda members: (members.bit_count(), members)):
        if not any(other & members == other for other in found):
            found.append(members)
    chosen = [assembler.place(members) for members in islice((*found, *[ALL] * _NEEDS), _NEEDS)]
    return f"{{{', '.join(map(str, chosen))}}}"


def _code(assembler: Assembler) -> Iterable[str]:
    if len(assembler.sets) > 1 << 8 or len(assembler.code) > 1 << 16:
        raise UnsupportedError("the rules have more sets or instructions than the engine can number")
    instructions = map(_instruction, assembler.code)
    yield _array("static const struct regex_instruction INSTRUCTIONS[]", instructions, width=4)
    sets = (f"{{{{0x{members & (1 << 64) - 1:x}u, 0x{members >> 64:x}u}}}}" for members in assembler.sets)
    yield _array("static const struct regex_set SETS[]", sets, width=2)
    switches = (f"{{{', '.join(map(str, switch))}}}" for switch in assembler.switches)
    yield _array("static const uint16_t SWITCHES[][REGEX_BYTES]", switches)
    yield "const struct regex_code RULES_CODE = {INSTRUCTIONS, SETS, SWITCHES};"


def _instruction(instruction: Instruction) -> str:
    return f"{{DO_{instruction.operation}, {', '.join(map(str, instruction.numbers))}}}"


def _stage(name: str, rows: Iterable[str]) -> Iterable[str]:
    rows = tuple(rows)
    yield _array(f"static const struct rule {name}_RULES[]", rows)
    yield f"const struct stage {name} = {{{name}_RULES, {len(rows)}}};"


def _array(declaration: str, rows: Iterable[str], width: int = 1) -> str:
    cells = iter(rows)
    lines = [f"    {line},\n" for line in iter(lambda: ", ".join(islice(cells, width)), "")]
    if not lines:
        raise UnsupportedError(f"there is nothing for {declaration}: C has no empty arrays")
    return f"{declaration} = {{\n{''.join(lines)}}};"


def _quoted(text: str) -> str:
    """Return a literal of C."""
    if not text.isascii() or re.sub("|".join(_FIELDS), "", text).count("{"):
        raise UnsupportedError(f"the engine cannot make {text!r}")
    for field, byte in _FIELDS.items():
        text = text.replace(field, byte)
    plain = (char if char.isprintable() and char not in '"\\' else f"\\{ord(char):03o}" for char in text)
    return f'"{"".join(plain)}"'


def main() -> int:
    """Write the table, or with --check say whether it is what would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; status 1 if the table is out of date"
    )
    made = table()
    if not parser.parse_args().check:
        TABLE.write_text(made)
    elif not TABLE.exists() or TABLE.read_text() != made:
        sys.stderr.write(
            f"{TABLE.name} does not follow from the patterns; mend: python -m anomaly_filter.engine.generate\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
