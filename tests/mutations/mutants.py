"""What a procedure or a view would be if somebody had got one place of it wrong.

Places are found in sqlfluff's parse tree, so that nothing is changed in a comment, a text or a type.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from sqlfluff.core import FluffConfig, Linter

from svp.core.sqlfiles import list_sql
from warehouse.objects import program_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlfluff.core.parser import BaseSegment

    from warehouse.objects import SchemaObject

__all__ = ["Edit", "Mutant", "Original", "Query", "edits_of", "file_of", "mutants_of", "originals"]

COMPARISONS = {
    "=": "<>",
    "<>": "=",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "<=>": "=",
}
OPERATORS = {"AND": "OR", "OR": "AND", "+": "-", "-": "+", "*": "/", "/": "*", "DIV": "*"}
FUNCTIONS = {
    "sum": "max",
    "min": "max",
    "max": "min",
    "avg": "max",
    "least": "greatest",
    "greatest": "least",
    "date_add": "date_sub",
    "date_sub": "date_add",
    "lead": "lag",
}
FIRST_ARGUMENT = frozenset({"coalesce", "nullif"})
WORDS = {"'Yes'": "'No'", "'No'": "'Yes'"}
DIRECTIONS = {"ASC": "DESC", "DESC": "ASC"}
JOINS = {"INNER": "LEFT", "LEFT": "INNER"}
FOLDERS = {
    "view": "warehouse/marts",
    "mart procedure": "procedures/marts",
    "part": "procedures/parts",
    "query": "warehouse/queries",
}
"""Of files, by the kind of their objects; the others are in ``procedures``."""
NOT_CODE = ("whitespace", "newline", "indent", "dedent", "comment")

UNTOUCHED = ("data_type", "get_diagnostics_segment", "characteristic_statement")
"""Types are the schema's tests' business; the others hold no calculation."""

KEPT_STATEMENTS = ("declare_statement", "cursor_fetch_segment")
"""Without a declaration nothing installs; without FETCH or LEAVE a loop never ends, which nobody overlooks."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One place of a text, by its first and last offset, and what stands there instead."""

    start: int
    stop: int
    after: str

    def apply(self, text: str) -> str:
        """Return the text with the edit."""
        return text[: self.start] + self.after + text[self.stop :]


@dataclass(frozen=True, slots=True)
class Query:
    """A query that the program runs in the warehouse, or that is a part of procedures."""

    name: str
    text: str
    kind: str


Original: TypeAlias = "SchemaObject | Query"


def originals() -> tuple[Original, ...]:
    """Return everything of the warehouse that has mutants."""
    folders = {"query": "warehouse.queries", "part": "procedures.parts"}
    queries = [
        Query(file.name, file.text, kind)
        for kind, folder in folders.items()
        for file in list_sql(folder)
    ]
    return (*program_objects(), *queries)


@dataclass(frozen=True, slots=True)
class Mutant:
    """One object or query of the warehouse with one edit."""

    kind: str
    name: str
    line: int
    code: str
    """The line of the original on which the change begins."""
    before: str
    after: str
    text: str
    """The whole object, changed."""

    @property
    def file(self) -> str:
        """Path from the root of the repository."""
        return file_of(self.kind, self.name)

    @property
    def changed_code(self) -> str:
        """The line on which the change begins, afterwards."""
        return self.text.splitlines()[self.line - 1].strip()

    @property
    def place(self) -> str:
        """File and line, as an editor takes them."""
        return f"{self.file}:{self.line}"

    @property
    def change(self) -> str:
        """What was changed, on one line."""
        return f"{_one_line(self.before)} → {_one_line(self.after) or 'nothing'}"


def file_of(kind: str, name: str) -> str:
    """Return the path of an object's file from the root of the repository."""
    return f"{FOLDERS.get(kind, 'procedures')}/{name}.sql"


@cache
def mutants_of(original: Original) -> tuple[Mutant, ...]:
    """Return every mutant of an object, in the order of its text; none has the original's text."""
    text = original.text
    return tuple(
        Mutant(
            kind=original.kind,
            name=original.name,
            line=(line := text.count("\n", 0, edit.start)) + 1,
            code=text.splitlines()[line].strip(),
            before=text[edit.start : edit.stop],
            after=edit.after,
            text=edit.apply(text),
        )
        for edit in edits_of(text)
        if edit.apply(text) != text
    )


def edits_of(text: str) -> tuple[Edit, ...]:
    """Return every edit of a statement of MySQL, each once, in the order of the text.

    Raises:
        ValueError: sqlfluff can't read it.
    """
    linter = Linter(config=FluffConfig(overrides={"dialect": "mysql", "templater": "raw"}))
    parsed = linter.parse_string(text)
    if parsed.violations or parsed.tree is None:
        message = f"can't be parsed: {parsed.violations}"
        raise ValueError(message)
    found = set(_walk(parsed.tree, ()))
    return tuple(sorted(found, key=lambda edit: (edit.start, edit.stop, edit.after)))


def _walk(segment: BaseSegment, parents: tuple[BaseSegment, ...]) -> Iterator[Edit]:
    if segment.is_type(*UNTOUCHED, *NOT_CODE):
        return
    for kind, rule in RULES.items():
        if segment.is_type(kind):
            yield from rule(segment, parents)
    for child in segment.segments:
        yield from _walk(child, (*parents, segment))


def _comparison(segment: BaseSegment, parents: Sequence[BaseSegment]) -> Iterator[Edit]:
    if parents[-1].is_type("expression"):  # elsewhere it assigns
        yield _replaced(segment, COMPARISONS[segment.raw])


def _operator(segment: BaseSegment, _: Sequence[BaseSegment]) -> Iterator[Edit]:
    if segment.raw.upper() in OPERATORS:
        yield _replaced(segment, OPERATORS[segment.raw.upper()])


def _keyword(segment: BaseSegment, parents: Sequence[BaseSegment]) -> Iterator[Edit]:
    word = segment.raw.upper()
    if word == "DISTINCT":
        yield _replaced(segment, "")
    if word in JOINS and parents[-1].is_type("join_clause"):
        yield _replaced(segment, JOINS[word])


def _number(segment: BaseSegment, _: Sequence[BaseSegment]) -> Iterator[Edit]:
    if segment.raw.isdigit():
        yield _replaced(segment, str(int(segment.raw) + 1))
        yield _replaced(segment, str(int(segment.raw) - 1))


def _word(segment: BaseSegment, _: Sequence[BaseSegment]) -> Iterator[Edit]:
    if segment.raw in WORDS:
        yield _replaced(segment, WORDS[segment.raw])


def _union(segment: BaseSegment, _: Sequence[BaseSegment]) -> Iterator[Edit]:
    if segment.raw.upper() == "UNION ALL":
        yield _replaced(segment, "UNION")


def _partition(segment: BaseSegment, _: Sequence[BaseSegment]) -> Iterator[Edit]:
    yield _replaced(segment, "")


def _order(segment: BaseSegment, _: Sequence[BaseSegment]) -> Iterator[Edit]:
    """Turn the order of each term around; one without a direction ascends."""
    for term, following in pairwise((*_code(segment), None)):
        if term is None or term.is_type("comma"):
            continue
        direction = term.raw.upper()
        if direction in DIRECTIONS:
            yield _replaced(term, DIRECTIONS[direction])
        elif not term.is_type("keyword") and (following is None or following.is_type("comma")):
            yield _replaced(term, f"{term.raw} DESC")


def _function(segment: BaseSegment, _: Sequence[BaseSegment]) -> Iterator[Edit]:
    name, contents = _code(segment)[:2]
    word, arguments = name.raw.lower(), _arguments(contents)
    if word in FUNCTIONS:
        yield _replaced(name, FUNCTIONS[word])
    if word == "count" and "distinct" not in contents.raw.lower():
        yield _between(name, contents, "min(1)")
    if word in FIRST_ARGUMENT and len(arguments) > 1:
        yield _between(name, contents, arguments[0])
    if word == "if":
        condition, then, otherwise = arguments
        yield _between(name, contents, f"if({condition}, {otherwise}, {then})")


def _statement(segment: BaseSegment, parents: Sequence[BaseSegment]) -> Iterator[Edit]:
    (body,) = _code(segment)
    ends_a_loop = body.is_type("leave_statement", "if_then_statement") and "LEAVE " in body.raw
    if not parents[-1].is_type("statement_list") or body.is_type(*KEPT_STATEMENTS) or ends_a_loop:
        return
    yield _replaced(segment, "DO 0")


def _expression(segment: BaseSegment, parents: Sequence[BaseSegment]) -> Iterator[Edit]:
    terms = _code(segment)
    for position, term in enumerate(terms):
        if _is(term, "BETWEEN"):
            yield from _bounds(terms, position)
        if _is(term, "IS"):
            is_negated = _is(terms[position + 1], "NOT")
            end = terms[position + 1] if is_negated else term
            yield _between(term, end, "IS" if is_negated else "IS NOT")
    if parents[-1].is_type("where_clause", "join_on_condition"):
        yield from _conjuncts(terms)


def _bounds(terms: Sequence[BaseSegment], position: int) -> Iterator[Edit]:
    """Leave out each end of a range, then each side of it."""
    subject = terms[position - 1]
    middle = next(n for n in range(position, len(terms)) if _is(terms[n], "AND"))
    last = next((n for n in range(middle, len(terms)) if _joins(terms[n])), len(terms)) - 1
    lower = _text(terms[position + 1 : middle])
    upper = _text(terms[middle + 1 : last + 1])
    for changed in (
        f"({subject.raw} > {lower} AND {subject.raw} <= {upper})",
        f"({subject.raw} >= {lower} AND {subject.raw} < {upper})",
        f"{subject.raw} >= {lower}",
        f"{subject.raw} <= {upper}",
    ):
        yield _between(subject, terms[last], changed)


def _conjuncts(terms: Sequence[BaseSegment]) -> Iterator[Edit]:
    """Take each condition of a conjunction for true."""
    if any(_joins(term) and term.raw.upper() == "OR" for term in terms):
        return
    start = 0
    for position in (*(n for n, term in enumerate(terms) if _joins(term)), len(terms)):
        yield _between(terms[start], terms[position - 1], "TRUE")
        start = position + 1


RULES: dict[str, Callable[[BaseSegment, Sequence[BaseSegment]], Iterator[Edit]]] = {
    "comparison_operator": _comparison,
    "binary_operator": _operator,
    "keyword": _keyword,
    "numeric_literal": _number,
    "quoted_literal": _word,
    "set_operator": _union,
    "partitionby_clause": _partition,
    "orderby_clause": _order,
    "function": _function,
    "statement": _statement,
    "expression": _expression,
}


def _code(segment: BaseSegment) -> list[BaseSegment]:
    return [child for child in segment.segments if not child.is_type(*NOT_CODE)]


def _arguments(contents: BaseSegment) -> list[str]:
    (bracketed,) = _code(contents)
    return [child.raw for child in _code(bracketed) if child.is_type("expression")]


def _joins(segment: BaseSegment) -> bool:
    return segment.is_type("binary_operator") and segment.raw.upper() in {"AND", "OR"}


def _is(segment: BaseSegment, keyword: str) -> bool:
    return segment.is_type("keyword") and segment.raw.upper() == keyword


def _text(segments: Sequence[BaseSegment]) -> str:
    return " ".join(segment.raw for segment in segments)


def _replaced(segment: BaseSegment, after: str) -> Edit:
    return _between(segment, segment, after)


def _between(first: BaseSegment, last: BaseSegment, after: str) -> Edit:
    """Return an edit from the beginning of one segment to the end of another."""
    assert first.pos_marker is not None
    assert last.pos_marker is not None
    return Edit(first.pos_marker.source_slice.start, last.pos_marker.source_slice.stop, after)


def _one_line(text: str) -> str:
    return " ".join(text.split())
