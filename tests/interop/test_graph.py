"""What `wheelfix doctor --format dot` prints, as Graphviz reads and draws it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from libraries import build_library
from wheels import build_wheel

MODULE = "_C.cpython-311-x86_64-linux-gnu.so"
TAG = "cp311-cp311-manylinux_2_17_x86_64"
# Characters that mean something to DOT: to its strings, its escapes (\N is a node's name) and its labels (entities).
ODD_NAMES = ['libq"uote.so', "libback\\N.so", "libü-日本.so", "lib&lt;<b>.so", "lib{a|b};->.so"]


@dataclass
class Drawing:
    """The labels of the nodes in each cluster, edges and their colours, and what is outside of clusters."""

    clusters: dict[str, set[str]]
    edges: dict[tuple[str, str], str]
    outside: dict[str, str]


def draw(text: str) -> Drawing:
    run = subprocess.run(["dot", "-Tjson"], input=text, capture_output=True, text=True, check=True)
    assert run.stderr == ""
    graph = json.loads(run.stdout)
    objects = graph.get("objects", [])
    labels = {item["_gvid"]: drawn_text(item) for item in objects}
    groups = [item for item in objects if item["name"].startswith("cluster_")]
    inside = {number for group in groups for number in group["nodes"]}
    return Drawing(
        {drawn_text(group): {labels[number] for number in group["nodes"]} for group in groups},
        {(labels[e["tail"]], labels[e["head"]]): e.get("color", "black") for e in graph.get("edges", [])},
        {labels[i["_gvid"]]: i.get("color", "black") for i in objects if i not in groups and i["_gvid"] not in inside},
    )


def drawn_text(item: dict) -> str:
    """What can be read in the picture, which is not what the label is written as."""
    return "\n".join(step["text"] for step in item["_ldraw_"] if step["op"] == "T")


@pytest.fixture
def graph(wheelfix) -> Callable[..., str]:
    def run(*wheels: Path, layout: str = "shared") -> str:
        return wheelfix.done("doctor", "--format", "dot", "--layout", layout, *wheels)

    return run


def demo(folder: Path, needed: list[str], names: list[str]) -> Path:
    files = {f"demo/{MODULE}": build_library(f"needed {' '.join(needed)} libc.so.6\nrunpath $ORIGIN:$ORIGIN/../dep")}
    files |= {f"demo/{name}": build_library(f"soname {name}") for name in names}
    return build_wheel(folder, "demo", "1.0", files, tag=TAG)


def test_wheels_are_clusters_and_what_is_not_found_is_red(graph: Callable[..., str], tmp_path: Path) -> None:
    own = demo(tmp_path, ["libown.so", "libdep.so", "libgone.so.1", "libcuda.so.1"], ["libown.so", "libidle.so"])
    dep = build_wheel(
        tmp_path, "dep", "2.0", {"dep/libdep.so": build_library("soname libdep.so\nneeded libfar.so.2")}, tag=TAG
    )
    drawing = draw(graph(own, dep))
    module = f"demo/{MODULE}"
    assert drawing.clusters == {"demo 1.0": {module, "libown.so"}, "dep 2.0": {"libdep.so"}}
    assert drawing.edges == {
        (module, "libown.so"): "black",
        (module, "libdep.so"): "black",
        (module, "libcuda.so.1"): "black",
        (module, "libgone.so.1"): "red",
        ("libdep.so", "libfar.so.2"): "red",
    }
    assert drawing.outside == {"libcuda.so.1": "black", "libgone.so.1": "red", "libfar.so.2": "red"}
    split = draw(graph(own, dep, layout="split"))
    assert split.clusters == drawing.clusters  # out of reach, but there
    assert split.edges[module, "libdep.so"] == "red"
    assert set(split.outside) == {"libcuda.so.1", "libgone.so.1"}


@pytest.mark.parametrize("is_there", [True, False])
def test_names_are_drawn_as_they_are(graph: Callable[..., str], tmp_path: Path, is_there: bool) -> None:
    wheel = demo(tmp_path, ODD_NAMES, [name for name in ODD_NAMES if is_there and "\\" not in name])
    # As printable() shows them: a backslash doubled.
    shown = {name.replace("\\", "\\\\") for name in ODD_NAMES}
    drawing = draw(graph(wheel))
    assert {head for _, head in drawing.edges} == shown
    reds = {head for (_, head), color in drawing.edges.items() if color == "red"}
    assert reds == ({"libback\\\\N.so"} if is_there else shown)
    assert set(drawing.outside) == reds


def test_a_line_end_in_a_name_is_none_in_the_graph(graph: Callable[..., str], tmp_path: Path) -> None:
    module = build_library("needed libZline.so libc.so.6").replace(b"libZline.so", b"lib\nline.so")
    wheel = build_wheel(tmp_path, "demo", "1.0", {f"demo/{MODULE}": module}, tag=TAG)
    assert set(draw(graph(wheel)).outside) == {"lib\\x0aline.so"}


def test_a_set_without_modules_is_an_empty_graph(graph: Callable[..., str], tmp_path: Path) -> None:
    wheel = build_wheel(tmp_path, "pure", "1.0", {"pure/__init__.py": ""})
    assert draw(graph(wheel)) == Drawing({}, {}, {})


def test_it_can_be_drawn_as_a_picture(graph: Callable[..., str], tmp_path: Path) -> None:
    text = graph(demo(tmp_path, ODD_NAMES, []))
    picture = subprocess.run(["dot", "-Tpng"], input=text.encode(), capture_output=True, check=True)
    assert picture.stdout.startswith(b"\x89PNG") and picture.stderr == b""
