"""A strict reader of TMDL, for what the project writes: it refuses every line that it does not expect.

Grammar, indentation by tabs, keywords, values of enumerations; then references: columns of relationships, of orders and
of levels, tables and roles of the model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NAME = r"(?:[A-Za-z_][\w-]*|'(?:[^']|'')+')"
COLUMN = rf"{NAME}\.{NAME}"


class TmdlError(ValueError):
    """A line that TMDL does not know, or a reference to nothing."""


@dataclass(frozen=True)
class Kind:
    """What may stand in an object."""

    properties: dict[str, str] = field(default_factory=dict)
    """Patterns of the values; an empty one for a keyword without a value."""
    required: frozenset[str] = frozenset()
    children: frozenset[str] = frozenset()
    header: str = NAME
    """Pattern behind the keyword."""


TEXT = r"\S.*"
NOTE = frozenset({"annotation"})
KINDS = {
    "database": Kind(
        {"compatibilityLevel": r"1[56]\d\d"}, frozenset({"compatibilityLevel"}), header=""
    ),
    "model": Kind(
        {
            "culture": r"en-US",
            "defaultPowerBIDataSourceVersion": "powerBI_V3",
            "discourageImplicitMeasures": "",
            "sourceQueryCulture": r"en-US",
        },
        frozenset({"culture", "defaultPowerBIDataSourceVersion"}),
        frozenset({"dataAccessOptions"}),
    ),
    "dataAccessOptions": Kind({"legacyRedirects": "", "returnErrorValuesAsNull": ""}, header=""),
    "annotation": Kind(header=rf"{NAME} = {TEXT}"),
    "ref": Kind(header=rf"(?:table|role|perspective|cultureInfo) (?:{NAME}|en-US)"),
    "expression": Kind({"lineageTag": GUID}, children=NOTE, header=rf"{NAME} = {TEXT}"),
    "table": Kind(
        {"lineageTag": GUID, "dataCategory": "Time", "isHidden": ""},
        children=NOTE | {"measure", "column", "hierarchy", "partition"},
    ),
    "measure": Kind(
        {"formatString": TEXT, "displayFolder": TEXT, "lineageTag": GUID, "isHidden": ""},
        frozenset({"formatString", "displayFolder"}),
        header=rf"{NAME} = {TEXT}",
    ),
    "column": Kind(
        {
            "dataType": "string|int64|double|decimal|dateTime|boolean|binary",
            "isHidden": "",
            "isKey": "",
            "formatString": TEXT,
            "lineageTag": GUID,
            "summarizeBy": "none|sum|average|min|max|count|distinctCount",
            "sourceColumn": r"[a-z]\w*",
            "sortByColumn": NAME,
            "dataCategory": "Country|City",
        },
        frozenset({"dataType", "summarizeBy", "sourceColumn"}),
        NOTE,
    ),
    "hierarchy": Kind({"lineageTag": GUID}, children=frozenset({"level"})),
    "level": Kind({"lineageTag": GUID, "column": NAME}, frozenset({"column"})),
    "partition": Kind(
        {"mode": "directQuery|import|dual"},
        frozenset({"mode"}),
        frozenset({"source"}),
        header=rf"{NAME} = m",
    ),
    "source": Kind(header="="),
    "relationship": Kind(
        {
            "relyOnReferentialIntegrity": "",
            "isActive": "false",
            "fromColumn": COLUMN,
            "toColumn": COLUMN,
        },
        frozenset({"fromColumn", "toColumn"}),
        header=GUID,
    ),
    "role": Kind(
        {"modelPermission": "read"},
        frozenset({"modelPermission"}),
        frozenset({"tablePermission"}),
    ),
    "tablePermission": Kind(header=rf"{NAME} = {TEXT}"),
    "cultureInfo": Kind(header="en-US"),
}
ROOTS = frozenset(
    {
        "database",
        "model",
        "annotation",
        "ref",
        "expression",
        "table",
        "relationship",
        "role",
        "cultureInfo",
    }
)
BLOCKS = frozenset({"source"})
"""Whose text stands on the lines below, two levels deeper."""


@dataclass
class Node:
    """An object with its properties, its objects, and the text of its expression."""

    kind: str
    header: str
    properties: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)
    text: str = ""
    description: str = ""

    @property
    def name(self) -> str:
        """The name without its quotes."""
        found = re.match(NAME, self.header)
        return unquoted(found[0]) if found else self.header

    @property
    def expression(self) -> str:
        """What stands behind the sign of equality."""
        return self.text or self.header.partition(" = ")[2]

    def all(self, kind: str) -> list[Node]:
        """Return the objects of a kind directly below."""
        return [child for child in self.children if child.kind == kind]


def unquoted(name: str) -> str:
    """Return a name without its quotes."""
    return name[1:-1].replace("''", "'") if name.startswith("'") else name


def read_tmdl(text: str) -> list[Node]:
    """Return the objects of one file.

    Raises:
        TmdlError: a line is not what may stand there.
    """
    lines = text.split("\n")
    if lines[-1] != "":
        msg = "the last line has no end"
        raise TmdlError(msg)
    return Reader(lines[:-1]).objects(0, ROOTS)


class Reader:
    """Reads objects by their indentation."""

    def __init__(self, lines: list[str]) -> None:
        self.lines, self.place = lines, 0

    def fail(self, why: str) -> TmdlError:
        return TmdlError(f"line {self.place + 1}: {why}: {self.lines[self.place]!r}")

    def peek(self) -> tuple[int, str] | None:
        """Return depth and text of the next line that is not empty."""
        while self.place < len(self.lines) and not self.lines[self.place]:
            self.place += 1
        if self.place == len(self.lines):
            return None
        line = self.lines[self.place]
        text = line.lstrip("\t")
        if text != text.strip():
            msg = "spaces around it"
            raise self.fail(msg)
        return len(line) - len(text), text

    def objects(self, depth: int, allowed: frozenset[str]) -> list[Node]:
        """Read objects of one depth."""
        found: list[Node] = []
        while (following := self.peek()) and following[0] >= depth:
            if following[0] > depth:
                msg = "too deep"
                raise self.fail(msg)
            found.append(self.object(depth, allowed))
        return found

    def object(self, depth: int, allowed: frozenset[str]) -> Node:
        """Read one object with all that is in it."""
        description = self.descriptions(depth)
        following = self.peek()
        if following is None or following[0] != depth:
            msg = "a description of nothing"
            raise TmdlError(msg)
        keyword, _, header = following[1].partition(" ")
        if keyword not in allowed:
            msg = "no object that may stand here"
            raise self.fail(msg)
        if not re.fullmatch(KINDS[keyword].header, header):
            msg = f"no {keyword}"
            raise self.fail(msg)
        self.place += 1
        node = Node(keyword, header, description=description)
        if header.endswith("```"):
            node.text = self.fenced(depth + 2)
        if keyword in BLOCKS:
            node.text = self.block(depth + 2)
        self.contents(node, depth + 1)
        missing = KINDS[keyword].required - node.properties.keys()
        if missing:
            msg = f"{keyword} {header} lacks {sorted(missing)}"
            raise TmdlError(msg)
        return node

    def descriptions(self, depth: int) -> str:
        told = []
        while (following := self.peek()) and following[1].startswith("///"):
            if following[0] != depth:
                msg = "a description of another depth"
                raise self.fail(msg)
            told.append(following[1].removeprefix("///").strip())
            self.place += 1
        return " ".join(told)

    def contents(self, node: Node, depth: int) -> None:
        """Read properties, then objects."""
        kind = KINDS[node.kind]
        while (following := self.peek()) and following[0] == depth:
            name, colon, value = following[1].partition(":")
            if name not in kind.properties:
                break
            if name in node.properties or not re.fullmatch(kind.properties[name], value.strip()):
                msg = "no value of this property"
                raise self.fail(msg)
            if bool(colon) != bool(kind.properties[name]) or (colon and value[:1] != " "):
                msg = "no property"
                raise self.fail(msg)
            node.properties[name] = value.strip()
            self.place += 1
        node.children = self.objects(depth, kind.children)

    def fenced(self, depth: int) -> str:
        """Read lines until the closing fence."""
        found: list[str] = []
        while self.place < len(self.lines):
            line = self.lines[self.place]
            if not line.startswith("\t" * depth):
                msg = "not as deep as its fence"
                raise self.fail(msg)
            self.place += 1
            if line == "\t" * depth + "```":
                return "\n".join(found)
            found.append(line[depth:])
        msg = "a fence that does not close"
        raise TmdlError(msg)

    def block(self, depth: int) -> str:
        """Read the lines that are so deep."""
        found: list[str] = []
        while self.place < len(self.lines) and self.lines[self.place].startswith("\t" * depth):
            found.append(self.lines[self.place][depth:])
            self.place += 1
        if not found:
            msg = "an expression of nothing"
            raise TmdlError(msg)
        return "\n".join(found)


def read_model(files: Mapping[str, str]) -> dict[str, list[Node]]:
    """Return the objects of a whole model by kind, every reference of which leads somewhere.

    Raises:
        TmdlError: a file is no TMDL, or something refers to nothing.
    """
    found: dict[str, list[Node]] = {}
    for path, text in files.items():
        try:
            nodes = read_tmdl(text)
        except TmdlError as error:
            msg = f"{path}: {error}"
            raise TmdlError(msg) from error
        for node in nodes:
            found.setdefault(node.kind, []).append(node)
    dangling = [*dangling_columns(found), *dangling_references(found)]
    if dangling:
        raise TmdlError("; ".join(dangling))
    return found


def dangling_columns(model: Mapping[str, list[Node]]) -> Iterator[str]:
    """Yield the columns that are referred to and not there."""
    columns = {
        (table.name, column.name) for table in model["table"] for column in table.all("column")
    }
    for relationship in model.get("relationship", []):
        for end in ("fromColumn", "toColumn"):
            parts = re.fullmatch(rf"({NAME})\.({NAME})", relationship.properties[end])
            assert parts
            if (unquoted(parts[1]), unquoted(parts[2])) not in columns:
                yield f"{end} {relationship.properties[end]}"
    for table in model["table"]:
        used = [
            each.properties[name]
            for each, name in (
                *((column, "sortByColumn") for column in table.all("column")),
                *(
                    (level, "column")
                    for hierarchy in table.all("hierarchy")
                    for level in hierarchy.all("level")
                ),
            )
            if name in each.properties
        ]
        yield from (
            f"{table.name}.{name}" for name in used if (table.name, unquoted(name)) not in columns
        )


def dangling_references(model: Mapping[str, list[Node]]) -> Iterator[str]:
    """Yield the tables, roles and cultures that the model names and that are not there, and the other way round."""
    there = {
        f"{kind} {node.name}"
        for kind in ("table", "role", "cultureInfo")
        for node in model.get(kind, [])
    }
    named = {
        f"{kind} {unquoted(name)}"
        for kind, _, name in (node.header.partition(" ") for node in model.get("ref", []))
    }
    yield from sorted(there ^ named)
    tables = {node.name for node in model["table"]}
    for role in model.get("role", []):
        for permission in role.all("tablePermission"):
            if permission.name not in tables:
                yield f"permission of {permission.name}"
