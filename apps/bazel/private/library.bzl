"""wheelfix_library: a wheel that Python code can depend on."""

load("@wheelfix_python//:py_info.bzl", "PyInfo")
load("//:toolchain.bzl", "TOOLCHAIN_TYPE", "wheelfix_tool")
load(":action.bzl", "JOBS", "execution_requirements")
load(":repair.bzl", "WheelfixRepairInfo", "replacement")
load(":wheel_name.bzl", "folder_in_layout", "parse_wheel_name")

# The program, its number of threads, the folder, the wheel, and what replaces it if it is there.
_UNPACK = """wheel="$4"; if [ -e "$5" ]; then wheel="$5"; fi; exec "$1" unpack --quiet --jobs "$2" -o "$3" "$wheel" >/dev/null"""

def _require_place(ctx, wheel, import_path):
    """The place must be the one that the wheels were repaired for."""
    repair = ctx.attr.repaired
    place = folder_in_layout(ctx.label, repair[WheelfixRepairInfo].layout, parse_wheel_name(ctx.label, wheel.basename).project)
    if place and not ("/" + import_path).endswith("/" + place):
        fail("%s: it is installed in %s, and the layout '%s' of %s has this wheel in %s: give the target that name" %
             (ctx.label, import_path, repair[WheelfixRepairInfo].layout, repair.label, place))

def _wheelfix_library_impl(ctx):
    wheel = ctx.file.wheel
    parse_wheel_name(ctx.label, wheel.basename)
    folder = ctx.actions.declare_directory(ctx.label.name)
    import_path = "/".join([
        part
        for part in [ctx.label.workspace_name or ctx.workspace_name, ctx.label.package, ctx.label.name]
        if part
    ])
    inputs, instead = [wheel], ""
    if ctx.attr.repaired:
        changed = ctx.attr.repaired[WheelfixRepairInfo].changed
        inputs.append(changed)
        instead = changed.path + "/" + replacement(ctx.label, wheel, ctx.attr.repaired)
        _require_place(ctx, wheel, import_path)
    tool = wheelfix_tool(ctx)
    args = ctx.actions.args()
    args.add_all([tool.files_to_run.executable, str(ctx.attr.jobs), folder.path, wheel, instead], omit_if_empty = False, expand_directories = False)
    ctx.actions.run_shell(
        command = _UNPACK,
        arguments = [args],
        inputs = inputs,
        outputs = [folder],
        tools = [tool.files_to_run],
        mnemonic = "WheelfixUnpack",
        progress_message = "Unpacking %s" % wheel.basename,
        execution_requirements = execution_requirements(ctx.attr.jobs, ctx.attr.cached),
    )
    deps = ctx.attr.deps
    return [
        DefaultInfo(
            files = depset([folder]),
            runfiles = ctx.runfiles(
                files = [folder] + ctx.files.data,
                transitive_files = depset(transitive = [dep[DefaultInfo].default_runfiles.files for dep in deps]),
            ),
        ),
        PyInfo(
            imports = depset([import_path], transitive = [dep[PyInfo].imports for dep in deps]),
            transitive_sources = depset([folder], transitive = [dep[PyInfo].transitive_sources for dep in deps]),
        ),
    ]

wheelfix_library = rule(
    implementation = _wheelfix_library_impl,
    doc = """Unpacks a wheel to a folder that is on `sys.path` of what depends on it: of each `py_test`, `py_binary` and `py_library`.

    wheelfix_library(
        name = "torch",
        wheel = ":torch_patched",
        deps = [":nvidia_cublas_cu12"],
    )
""",
    attrs = {
        "cached": attr.bool(
            doc = "Whether caches keep the unpacked files. Without, they are unpacked where they are used: less is moved if the wheel is there already.",
            default = True,
        ),
        "data": attr.label_list(
            doc = "Files that it needs when it runs.",
            allow_files = True,
        ),
        "deps": attr.label_list(
            doc = "The libraries that it imports.",
            providers = [PyInfo],
        ),
        "jobs": JOBS,
        "repaired": attr.label(
            doc = "The wheelfix_repair that has this wheel in its set: if it had to be changed, the changed one is unpacked.",
            providers = [WheelfixRepairInfo],
        ),
        "wheel": attr.label(
            doc = "The wheel.",
            allow_single_file = [".whl"],
            mandatory = True,
        ),
    },
    provides = [PyInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
