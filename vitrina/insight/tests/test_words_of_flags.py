# SPDX-License-Identifier: Apache-2.0
"""Every word that a rule can answer with in `basis` is explained, and none that it cannot; every parameter has words.

The words are read off the expressions of the rules, which are drawn up over empty tables and never run.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pytest

from vitrina.insight.flags import bases
from vitrina.insight.flags.page import page
from vitrina.insight.flags.registry import flags
from vitrina.insight.store.folder import Manifest
from vitrina.insight.tables import Tables

DATA = "\0"  # what the data tell


class Drawn:
    """An engine that runs nothing: what it keeps is an expression, what it reads has columns and no rows."""

    def __init__(self) -> None:
        self.kept: dict[str, ir.Table] = {}

    def read(self, name: str, _: list[Path], schema: pa.Schema) -> ir.Table:
        return ibis.table(ibis.Schema.from_pyarrow(schema), name=name)

    def hold(self, name: str, rows: pa.Table) -> ir.Table:
        return self.read(name, [], rows.schema)

    def keep(self, name: str, expr: ir.Table) -> ir.Table:
        self.kept[name] = expr
        return ibis.table(expr.schema(), name=name)

    def drop(self, name: str) -> None:
        pass


def parts(node: ops.Node) -> tuple[ops.Node, ...]:
    """The expressions of which one, or all together, make the text of this one."""
    match node:
        case ops.IfElse():
            return (node.true_expr, node.false_null_expr)
        case ops.SearchedCase():
            return (*node.results, node.default)
        case ops.Coalesce() | ops.StringConcat():
            return tuple(node.arg)
        case ops.Cast() | ops.Substring() | ops.Reduction() | ops.WindowFunction() | ops.NullIf() | ops.Alias():
            return (node.args[0],)
    raise AssertionError(f"cannot read {type(node).__name__}")


def texts(node: ops.Node, kept: dict[str, ir.Table]) -> Iterator[str]:
    """The texts that an expression may be made of; `DATA` for what comes from the rows."""
    if isinstance(node, ops.Literal):
        yield from [] if node.value is None else [str(node.value)]
    elif isinstance(node, ops.Field):
        yield from column(node.rel, node.name, kept)
    elif isinstance(node, ops.Cast) and not node.arg.dtype.is_string():
        yield DATA
    else:
        for one in parts(node):
            yield from texts(one, kept)


def column(rel: ops.Relation, name: str, kept: dict[str, ir.Table]) -> Iterator[str]:
    """The texts of a column of a table."""
    if isinstance(rel, ops.Set):
        yield from column(rel.left, name, kept)
        yield from column(rel.right, name, kept)
    elif isinstance(rel, ops.UnboundTable):
        if rel.name in kept:
            yield from column(kept[rel.name].op(), name, kept)
        else:
            yield DATA
    else:
        yield from texts(rel.values[name], kept)


def words_of(code: str) -> set[str]:
    """The words that the rule of a flag can answer with, and `DATA` where a part of the basis is data."""
    engine: Any = Drawn()
    flag = flags()[code]
    judged = flag.rule(Tables(engine, {}, Manifest()), flag.params())
    found = column(judged.op(), "basis", engine.kept)
    return {word for text in found for word in text.split("|") if word}


@pytest.mark.parametrize("code", list(flags()))
def test_the_words_of_the_rule_are_those_that_are_explained(code) -> None:
    flag = flags()[code]
    explained = {*flag.bases, *flag.reasons}
    stand_ins = {key for key in explained if key.startswith("{")}
    found = words_of(code)
    assert found - {DATA} == explained - stand_ins
    assert (DATA in found) == bool(stand_ins)
    assert not set(flag.bases) & set(flag.reasons)


@pytest.mark.parametrize("code", list(flags()))
def test_every_parameter_and_the_rule_are_told_in_both_languages(code) -> None:
    flag = flags()[code]
    words = flag.params.words()
    assert list(words) == list(flag.params.__struct_fields__)
    for text in (flag.definition, *words.values(), *flag.bases.values(), *flag.reasons.values()):
        assert text.es
        assert text.en
        assert text.es != text.en


def test_the_page_has_all_of_them() -> None:
    made = page()
    for flag in flags().values():
        for text in (flag.definition, *flag.params.words().values(), *flag.bases.values(), *flag.reasons.values()):
            assert text.en.replace("|", "\\|") in made
            assert text.es.replace("|", "\\|") in made


def test_a_word_nobody_explains_is_an_error() -> None:
    with pytest.raises(bases.NoWords, match="R003: made_up"):
        bases.told(flags()["R003"], "made_up", flagged=True)


def test_a_class_of_four_digits_is_no_year() -> None:
    said = [text.es for text in bases.told(flags()["R011"], "2026|2530", flagged=True)]
    assert said == ["año 2026", "clase 2530 del clasificador"]
