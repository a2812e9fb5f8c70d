"""A diagram shows every table and reference, and the same tables give the same bytes."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from tests.dictionary.catalogue import Column, Table
from tests.dictionary.diagram import draw

SVG = "{http://www.w3.org/2000/svg}"


def key(name: str, *, of: str | None = None) -> Column:
    return Column(name, "int", is_nullable=False, is_key=True, meaning="", refers_to=of)


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(drawing)  # noqa: S314  (drawn here)


DIMENSIONS = [
    Table("dim_date", "", (key("date_key"),)),
    Table("dim_title", "", (key("title_key"), key("category_key", of="dim_category"))),
    Table("dim_category", "", (key("category_key"),)),
    Table("dim_plan", "", (key("plan_key"),)),
]
FACTS = [
    Table("fact_a", "", (key("date_key", of="dim_date"), key("title_key", of="dim_title"))),
    Table("fact_b", "", (key("date_key", of="dim_date"), key("hour"))),
]


def test_every_reference_ends_in_a_dot_of_its_tables_colour() -> None:
    drawn = parsed(draw(DIMENSIONS, FACTS))
    dots = [dot.get("fill") for dot in drawn.iter(f"{SVG}circle")]
    lines = [line.get("stroke") for line in drawn.iter(f"{SVG}path")]
    assert len(dots) == 4
    assert len(lines) == len(set(lines)) == 3
    assert set(dots) == set(lines)


def test_side_table_is_drawn_when_something_refers_to_it_through_another() -> None:
    drawn = parsed(draw(DIMENSIONS, FACTS))
    names = {text.text for text in drawn.iter(f"{SVG}text") if text.get("class") == "name"}
    assert names == {"dim_date", "dim_title", "dim_category", "fact_a", "fact_b"}


def test_lines_of_different_tables_never_lie_on_each_other() -> None:
    drawn = parsed(draw(DIMENSIONS, FACTS))
    heights = [
        {part.partition("H")[0].split()[1] for part in (line.get("d") or "").split("M")[2:]}
        for line in drawn.iter(f"{SVG}path")
    ]
    assert sum(map(len, heights)) == len(set().union(*heights))


def test_same_tables_give_the_same_bytes() -> None:
    assert draw(DIMENSIONS, FACTS) == draw(list(DIMENSIONS), list(FACTS))
