"""The pipelines of this folder, found by name, with their parameters filled in.

A file holds ``description``, ``collection`` (read from), ``grain``, ``parameters``, ``pipeline``.
One that answers a question also names the collection its result goes ``into``, the ``columns``
that people see, and the ``order`` of the rows.

A parameter is written ``{"$parameter": "name"}`` wherever a value may stand; a text inside an
expression is wrapped in ``$literal`` as well, or "$title" would mean a field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

from bson import json_util

from svp.core.sqlfiles import SqlFile, checksum, list_sql
from svp.errors import UsageError, shorten

if TYPE_CHECKING:
    from svp.core.mongodb import Document

__all__ = [
    "Parameter",
    "Pipeline",
    "find_pipeline",
    "list_pipelines",
    "read_pipeline",
    "render_pipelines",
]

PLACEHOLDER = "$parameter"

JSON_OPTIONS = json_util.JSONOptions(tz_aware=True, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that a pipeline takes."""

    name: str
    type: str
    """A key of ``CONVERSIONS``."""
    help: str
    default: object = None
    """None: it must be given."""

    def convert(self, value: object) -> object:
        """Return the value as MongoDB is to receive it.

        Raises:
            UsageError: it is not of the parameter's type.
        """
        try:
            return CONVERSIONS[self.type](value)
        except (TypeError, ValueError) as error:
            message = f"parameter {self.name} is not of type {self.type}: {shorten(value)}"
            raise UsageError(message, f"give {self.name}: {self.help}") from error


@dataclass(frozen=True, slots=True)
class Pipeline:
    """One file: a question to a collection."""

    name: str
    description: str
    collection: str
    grain: str
    """What one document of the result stands for."""
    parameters: tuple[Parameter, ...]
    stages: tuple[Document, ...]
    into: str | None
    """The collection of the result; None: other code reads what it gives."""
    columns: tuple[str, ...]
    """Of the result, the fields that people see, in their order."""
    order: tuple[tuple[str, int], ...]
    """Of the result, what it is sorted by: field and 1 (rising) or -1 (falling)."""
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file, as hex."""
        return checksum(self.text)

    def fill(self, values: Mapping[str, object]) -> list[Document]:
        """Return the stages with every parameter replaced by its value or default.

        Raises:
            UsageError: a value is missing, of another type, or of a parameter that does not exist.
        """
        known = {parameter.name for parameter in self.parameters}
        for name in sorted(values.keys() - known):
            message = f"pipeline {self.name} has no parameter {shorten(name)}"
            raise UsageError(message, f"parameters are {', '.join(sorted(known)) or 'none'}")
        chosen = {parameter.name: self._choose(parameter, values) for parameter in self.parameters}
        return [replace_parameters(stage, chosen) for stage in self.stages]

    def _choose(self, parameter: Parameter, values: Mapping[str, object]) -> object:
        value = values.get(parameter.name, parameter.default)
        if value is None:
            message = f"pipeline {self.name} needs the parameter {parameter.name}"
            raise UsageError(message, f"give {parameter.name}: {parameter.help}")
        return parameter.convert(value)


def list_pipelines() -> tuple[Pipeline, ...]:
    """Return every pipeline, in the order of the names."""
    return tuple(_catalogue().values())


def find_pipeline(name: str) -> Pipeline:
    """Return one pipeline.

    Raises:
        UsageError: there is none of this name.
    """
    try:
        return _catalogue()[name]
    except KeyError:
        message = f"there is no pipeline {shorten(name)}"
        raise UsageError(message, f"pipelines are {', '.join(_catalogue())}") from None


def read_pipeline(name: str, parameters: Mapping[str, object]) -> list[Document]:
    """Return the stages of one pipeline with its parameters filled in, ready for ``aggregate``.

    Args:
        name: the file's name without ``.json``.
        parameters: values by name; a date stands for its midnight in UTC, a naive time is refused.

    Raises:
        UsageError: there is no such pipeline, or a value is missing, unknown or of another type.
    """
    return find_pipeline(name).fill(parameters)


def render_pipelines() -> str:
    """Return the list of all pipelines as Markdown, for the documentation."""
    return "\n".join(line for pipeline in list_pipelines() for line in _markdown(pipeline))


def replace_parameters(node: Any, values: Mapping[str, object]) -> Any:
    """Return ``node`` with each ``{"$parameter": name}`` replaced by the value of that name."""
    if isinstance(node, dict):
        if node.keys() == {PLACEHOLDER}:
            return values[node[PLACEHOLDER]]
        return {key: replace_parameters(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [replace_parameters(value, values) for value in node]
    return node


@cache
def _catalogue() -> dict[str, Pipeline]:
    package = __name__.rpartition(".")[0]
    return {file.name: _parse(file) for file in list_sql(package, suffix=".json")}


def _parse(file: SqlFile) -> Pipeline:
    content = json_util.loads(file.text, json_options=JSON_OPTIONS)
    return Pipeline(
        name=file.name,
        description=content["description"],
        collection=content["collection"],
        grain=content["grain"],
        parameters=tuple(
            Parameter(name, fields["type"], fields["help"], fields.get("default"))
            for name, fields in content["parameters"].items()
        ),
        stages=tuple(content["pipeline"]),
        into=content.get("into"),
        columns=tuple(content.get("columns", ())),
        order=tuple(content.get("order", {}).items()),
        text=file.text,
    )


def _markdown(pipeline: Pipeline) -> Iterator[str]:
    yield f"### `{pipeline.name}`"
    yield ""
    yield pipeline.description
    yield ""
    yield f"- reads `{pipeline.collection}`; one document per {pipeline.grain}"
    if pipeline.into:
        yield f"- result in `{pipeline.into}`"
    for parameter in pipeline.parameters:
        default = (
            "" if parameter.default is None else f"; default {json_util.dumps(parameter.default)}"
        )
        yield f"- parameter `{parameter.name}` ({parameter.type}{default}): {parameter.help}"
    yield ""


def _as_instant(value: object) -> datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            message = "a time without a zone"
            raise ValueError(message)
        return value.astimezone(UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    return _as_instant(date.fromisoformat(_as_text(value)))


def _as_integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise TypeError
    return int(value)


def _as_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _list_of(convert: Callable[[object], object]) -> Callable[[object], object]:
    def convert_all(values: object) -> list[object]:
        if isinstance(values, str | Mapping) or not isinstance(values, Iterable):
            raise TypeError
        return [convert(value) for value in values]

    return convert_all


CONVERSIONS: Mapping[str, Callable[[object], object]] = {
    "date": _as_instant,
    "dates": _list_of(_as_instant),
    "integer": _as_integer,
    "integers": _list_of(_as_integer),
    "text": _as_text,
    "texts": _list_of(_as_text),
}
"""Types of parameters, each with the function that makes a value one or raises."""
