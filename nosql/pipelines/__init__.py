"""Aggregation pipelines, one a file: extended JSON with a description, a grain and parameters."""

from __future__ import annotations

from nosql.pipelines.catalogue import (
    Parameter,
    Pipeline,
    find_pipeline,
    list_pipelines,
    read_pipeline,
    render_pipelines,
)

__all__ = [
    "Parameter",
    "Pipeline",
    "find_pipeline",
    "list_pipelines",
    "read_pipeline",
    "render_pipelines",
]
