"""`doctor --policy` against `auditwheel show`, on wheels that are built here: the same tag, the same external libraries from the
same places, and of each older policy the same libraries and symbols in its way."""

from __future__ import annotations

import json
from pathlib import Path

import linux_wheels
import pytest
from auditwheel_truth import auditwheel_show, differences
from wheels import build_wheel


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return linux_wheels.build(tmp_path_factory.mktemp("linux"))


@pytest.fixture(scope="module")
def policies(wheelfix, wheels: dict[str, Path]) -> dict[str, dict]:
    told = json.loads(wheelfix.done("doctor", "--policy", "--sysroot", "/", "--json", *wheels.values()))
    return {name: wheel["policy"] for name, wheel in zip(wheels, told["wheels"], strict=True)}


@pytest.mark.parametrize("name", linux_wheels.PROJECTS)
def test_the_policy_is_auditwheels(policies: dict[str, dict], wheels: dict[str, Path], name: str) -> None:
    assert differences(policies[name], auditwheel_show(wheels[name])) == []


def test_each_kind_of_project_has_the_next_step_that_fits(policies: dict[str, dict]) -> None:
    def step(name: str) -> str:
        return " ".join(policies[name]["next"].split()[:3])

    assert {step(name) for name in ("picture", "cxx", "lost", "linked", "driven")} == {
        "wheelfix repair --graft",
        "wheelfix retag --platform",
        "wheelfix repair --suffix",
        "wheelfix patch --suffix",
    }
    assert step("picture") == step("blas") == step("kerberos") == step("tool") == "wheelfix repair --graft"
    assert step("plain") == step("driven") == "wheelfix retag --platform"


def test_instructions_that_not_every_processor_has_are_named(policies: dict[str, dict]) -> None:
    reasons = [reason["names"] for reason in policies["modern"]["reasons"] if reason["kind"] == "instructions"]
    assert (reasons, policies["modern"]["grafted_tag"]) == ([["x86-64-v3"]], "linux_x86_64")


def test_a_wheel_of_another_system_or_of_none_has_no_policy(wheelfix, tmp_path: Path) -> None:
    pure = build_wheel(tmp_path, "pure", "1.0", {"pure.py": ""})
    told = json.loads(wheelfix.done("doctor", "--policy", "--json", pure))["wheels"][0]["policy"]
    assert (told["system"], told["tag"], told["next"]) == ("any", "any", None)
    assert "error" in auditwheel_show(pure)  # it has no policy for it either
