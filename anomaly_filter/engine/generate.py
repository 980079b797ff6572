"""Writes rules_table.h, the rules of rules.py in the form that the engine runs: python -m anomaly_filter.engine.generate."""  # noqa: INP001 - the generator is no part of what is installed

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from anomaly_filter import tokens
from anomaly_filter.engine.pattern import UnsupportedError, parsed
from anomaly_filter.engine.program import Assembler, Instruction
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
    first,
    has,
    holds,
    needs,
    shortest,
)
from anomaly_filter.rules import MASK_BEGINS, RULES, Rule, Stage

HEADER = Path(__file__).with_name("rules_table.h")

_NEEDS = 3  # as in rule.h; the rarest ones tell most
# How rules.c finds the fields of what a match becomes.
_FIELDS = {"{key}": "\x03", "{class}": "\x04", "{kept}": "\x05"}
_WHOLE = (Stage.NUMBER, Stage.PART, Stage.TOKEN)  # stages whose patterns match from the start to the end
_BLANK = 1 << ord(" ")


def table(rules: Iterable[Rule] = RULES) -> str:
    """Return the text of the header.

    Raises:
        UnsupportedError: a rule is beyond the engine; the message names it or shows its pattern.
    """
    rules = tuple(rules)
    stages = {stage: [rule for rule in rules if rule.stage is stage] for stage in Stage}
    assembler = Assembler()
    mask = _mask(stages[Stage.MASK])
    parts = [
        '/* Made from rules.py by generate.py. */\n#include "rule.h"',
        f'#define RULES_DIGEST "{tokens.Table(rules).digest}"',
        f"enum {{ LONGEST_WORD = {tokens._LONGEST_WORD} }};",  # noqa: SLF001 - the engine is the other half of tokens.py
        _array("struct rule MASK[]", [_row(assembler, mask, whole=False)]),
        _array("char *const MASK_BECOMES[]", [_quoted(rule.becomes) for rule in stages[Stage.MASK]]),
    ]
    for stage in (Stage.LINE, Stage.WORD, Stage.NUMBER, Stage.PART, Stage.TOKEN):
        rows = [_rule_row(assembler, rule) for rule in stages[stage]]
        parts.append(_array(f"struct rule {stage.name}_RULES[]", filter(None, rows)))
    http_key = (*parsed(tokens._HTTP_KEY.pattern), Match(0))  # noqa: SLF001 - the same
    parts.append(_array("struct rule HTTP_KEY[]", [_row(assembler, http_key, whole=False)]))
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
    before, nodes = _halves(nodes) if rule.stage is Stage.NUMBER else ((), nodes)
    whole = (Edge(END, behind=False),) if rule.stage in _WHOLE else ()
    return _row(
        assembler, (*nodes, *whole, Match(0)), before=before, becomes=rule.becomes, whole=rule.stage in _WHOLE
    )


def _halves(nodes: Nodes) -> tuple[Nodes, Nodes]:
    """Cut the pattern of a number before the blank between the two words: no other part of it can take that blank."""
    blanks = [at for at, node in enumerate(nodes) if has(alphabet((node,)), ord(" "))]
    if len(blanks) != 1 or nodes[blanks[0]] != Byte(_BLANK):
        raise UnsupportedError("the pattern of a number has one blank, and nothing else that matches a blank")
    if holds(nodes[: blanks[0]], Look):
        raise UnsupportedError("the pattern of a number looks around in its second half only")
    return nodes[: blanks[0]], nodes[blanks[0] :]


def _row(assembler: Assembler, nodes: Nodes, *, whole: bool, before: Nodes = (), becomes: str = "") -> str:
    every = (*before, *nodes)
    fields = [
        assembler.program(every),
        shortest(every),
        assembler.place(first(every, ALL)),
        assembler.place(alphabet(every) | END if whole else ALL),
        *(_needs(assembler, half) for half in (before, nodes)),
        _quoted(becomes),
    ]
    return f"{{{', '.join(map(str, fields))}}}"


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
    yield _array("struct regex_instruction INSTRUCTIONS[]", map(_instruction, assembler.code), width=4)
    sets = (f"{{{{0x{members & (1 << 64) - 1:x}u, 0x{members >> 64:x}u}}}}" for members in assembler.sets)
    yield _array("struct regex_set SETS[]", sets, width=2)
    switches = (f"{{{', '.join(map(str, switch))}}}" for switch in assembler.switches)
    yield _array("uint16_t SWITCHES[][REGEX_BYTES]", switches)
    yield "static const struct regex_code CODE = {INSTRUCTIONS, SETS, SWITCHES};"


def _instruction(instruction: Instruction) -> str:
    return f"{{DO_{instruction.operation}, {', '.join(map(str, instruction.numbers))}}}"


def _array(declaration: str, rows: Iterable[str], width: int = 1) -> str:
    cells = iter(rows)
    lines = [f"    {line},\n" for line in iter(lambda: ", ".join(islice(cells, width)), "")]
    if not lines:
        raise UnsupportedError(f"there is nothing for {declaration}: C has no empty arrays")
    return f"static const {declaration} = {{\n{''.join(lines)}}};"


def _quoted(text: str) -> str:
    """Return a literal of C."""
    if not text.isascii() or re.sub("|".join(_FIELDS), "", text).count("{"):
        raise UnsupportedError(f"the engine cannot make {text!r}")
    for field, byte in _FIELDS.items():
        text = text.replace(field, byte)
    plain = (char if char.isprintable() and char not in '"\\' else f"\\{ord(char):03o}" for char in text)
    return f'"{"".join(plain)}"'


def main() -> int:
    """Write the header, or with --check say whether it is what would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; status 1 if the header is out of date"
    )
    made = table()
    if not parser.parse_args().check:
        HEADER.write_text(made)
    elif not HEADER.exists() or HEADER.read_text() != made:
        sys.stderr.write(
            f"{HEADER.name} does not follow from rules.py; mend: python -m anomaly_filter.engine.generate\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
