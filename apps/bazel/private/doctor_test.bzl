"""wheelfix_doctor_test: a test that a set of wheels will load."""

load("//:toolchain.bzl", "TOOLCHAIN_TYPE", "wheelfix_tool")
load(":repair.bzl", "WheelfixRepairInfo", "replacement")
load(":wheel_name.bzl", "folder_in_layout", "parse_wheel_name", "require_one_of_each_project")

_SCRIPT = """#!/bin/sh
# Examines wheels, of which some may have been replaced: each with what may be in its place.
program={program}
add() {{ if [ -n "$2" ] && [ -e "$2" ]; then wheel="$2"; else wheel="$1"; fi; }}
set -- {options}
if [ -n "${{TEST_UNDECLARED_OUTPUTS_DIR:-}}" ]; then set -- "$@" --html "$TEST_UNDECLARED_OUTPUTS_DIR/doctor.html"; fi
{wheels}
exec "./$program" doctor "$@"
"""

def _quote(word):
    return "'" + word.replace("'", "'\\''") + "'"

def _wheelfix_doctor_test_impl(ctx):
    wheels = ctx.files.wheels
    require_one_of_each_project(ctx.label, wheels)
    for wheel in wheels:
        folder_in_layout(ctx.label, ctx.attr.layout, parse_wheel_name(ctx.label, wheel.basename).project)
    options = ["--no-cache", "--layout", ctx.attr.layout, "--fail-on", ctx.attr.fail_on]
    if ctx.attr.python:
        options += ["--python", ctx.attr.python]
    if ctx.attr.hygiene:
        options.append("--hygiene")
    for rule in ctx.attr.ignore:
        options += ["--ignore", rule]
    files = [] + wheels
    repaired = ctx.attr.repaired
    if repaired:
        files.append(repaired[WheelfixRepairInfo].changed)
    lines = []
    for wheel in wheels:
        instead = ""
        if repaired:
            instead = repaired[WheelfixRepairInfo].changed.short_path + "/" + replacement(ctx.label, wheel, repaired)
        lines.append("add %s %s; set -- \"$@\" \"$wheel\"" % (_quote(wheel.short_path), _quote(instead)))
    tool = wheelfix_tool(ctx)
    script = ctx.actions.declare_file(ctx.label.name + ".sh")
    ctx.actions.write(
        script,
        _SCRIPT.format(
            options = " ".join([_quote(option) for option in options]),
            program = _quote(tool.files_to_run.executable.short_path),
            wheels = "\n".join(lines),
        ),
        is_executable = True,
    )
    runfiles = ctx.runfiles(files = files + [tool.files_to_run.executable])
    return [DefaultInfo(executable = script, runfiles = runfiles.merge(tool.default_runfiles))]

wheelfix_doctor_test = rule(
    implementation = _wheelfix_doctor_test_impl,
    doc = """Fails if `wheelfix doctor` finds that something in a set of wheels won't load. The report is the test's output, and its page,
`doctor.html`, is among the test's undeclared outputs.

    wheelfix_doctor_test(
        name = "set_loads",
        wheels = ["@torch//file", "@nvidia_cublas_cu12//file"],
        repaired = ":set",
    )
""",
    attrs = {
        "fail_on": attr.string(
            doc = "The least severity that the test fails for.",
            default = "error",
            values = ["error", "warning"],
        ),
        "hygiene": attr.bool(doc = "Lists what works here, but its publisher should fix."),
        "ignore": attr.string_list(doc = "Findings that are left out, each as `CODE` or `CODE=GLOB`."),
        "layout": attr.string(
            doc = "Where the wheels are installed, as for wheelfix_repair.",
            default = "split",
        ),
        "python": attr.string(doc = "The Python that is to take the wheels, as `3.11` or `cp313t`."),
        "repaired": attr.label(
            doc = "The wheelfix_repair that has these wheels in its set: those that had to be changed are examined as changed.",
            providers = [WheelfixRepairInfo],
        ),
        "wheels": attr.label_list(
            doc = "The wheels that are installed together, one of each project.",
            allow_files = [".whl"],
            mandatory = True,
        ),
    },
    test = True,
    toolchains = [TOOLCHAIN_TYPE],
)
