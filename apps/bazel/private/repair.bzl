"""wheelfix_repair: a set of wheels whose libraries find each other."""

load("//:toolchain.bzl", "TOOLCHAIN_TYPE", "wheelfix_tool")
load(":action.bzl", "WRITING_ATTRS", "add_writing_options", "run_wheelfix")
load(":wheel_name.bzl", "folder_in_layout", "parse_wheel_name", "relabelled", "require_one_of_each_project")

WheelfixRepairInfo = provider(
    doc = "A set of wheels, some of them repaired.",
    fields = {
        "changed": "the folder with the new wheels; those that needn't be changed aren't in it",
        "layout": "where the wheels are to be installed",
        "new_names": "a dict: for each given wheel the file name in `changed` that replaces it, if it is there",
        "report": "the file with what `wheelfix repair --json` said",
        "wheels": "the given wheels, a list of files",
    },
)

def _wheelfix_repair_impl(ctx):
    wheels = ctx.files.wheels
    require_one_of_each_project(ctx.label, wheels + ctx.files.unchanged)
    for wheel in wheels:
        folder_in_layout(ctx.label, ctx.attr.layout, parse_wheel_name(ctx.label, wheel.basename).project)
    new_names = [(wheel, relabelled(ctx.label, wheel.basename, ctx.attr.suffix, ctx.attr.replace_local)) for wheel in wheels]
    changed = ctx.actions.declare_directory(ctx.label.name)
    report = ctx.actions.declare_file(ctx.label.name + ".json")
    args = ctx.actions.args()
    args.add_all(["repair", "--quiet", "--json", "--jobs", str(ctx.attr.jobs), "--layout", ctx.attr.layout])
    add_writing_options(args, ctx.attr)
    args.add_all(ctx.files.unchanged, before_each = "--with")
    if ctx.attr.way == "preload":
        args.add("--preload")
    for option in ["auto_stub", "keep_going"]:
        if getattr(ctx.attr, option):
            args.add("--" + option.replace("_", "-"))
    args.add_all(wheels)
    run_wheelfix(
        ctx,
        wheelfix_tool(ctx),
        mnemonic = "WheelfixRepair",
        progress = "Repairing %d wheels of %s" % (len(wheels), ctx.label),
        args = args,
        inputs = wheels + ctx.files.unchanged,
        wheels = changed,
        report = report,
        new_names = new_names,
        delta_of = ctx.actions.declare_directory(ctx.label.name + ".deltas") if ctx.attr.delta else None,
    )
    return [
        DefaultInfo(files = depset([changed])),
        OutputGroupInfo(report = depset([report])),
        WheelfixRepairInfo(
            changed = changed,
            layout = ctx.attr.layout,
            new_names = {wheel.path: name for wheel, name in new_names},
            report = report,
            wheels = wheels,
        ),
    ]

_ATTRS = {
    "auto_stub": attr.bool(doc = "Makes torch's `libtorch_global_deps.so` if the wheel lacks it."),
    "keep_going": attr.bool(doc = "Repairs what can be repaired, even if some imports still fail."),
    "layout": attr.string(
        doc = "Where the wheels are installed, as `wheelfix repair --layout`: `shared`, `symlinks`, `split`, `split:TEMPLATE`. " +
              "`wheelfix_library` installs them in `split` if each is named like its project, as `nvidia_cublas_cu12`.",
        default = "split",
    ),
    "unchanged": attr.label_list(
        doc = "Wheels of the set that must stay as they are.",
        allow_files = [".whl"],
    ),
    "way": attr.string(
        doc = "`rpath`: search paths of libraries; `preload`: packages load the libraries first.",
        default = "rpath",
        values = ["rpath", "preload"],
    ),
    "wheels": attr.label_list(
        doc = "The wheels that are installed together, one of each project.",
        allow_files = [".whl"],
        mandatory = True,
    ),
}
_ATTRS.update(WRITING_ATTRS)

wheelfix_repair = rule(
    implementation = _wheelfix_repair_impl,
    doc = """Makes the modules of a set of wheels import in a layout, as `wheelfix repair` does. Its output is a folder of the wheels that
had to be changed. `wheelfix_library` takes the one that replaces a wheel, or else the wheel itself.

    wheelfix_repair(
        name = "set",
        wheels = ["@torch//file", "@nvidia_cublas_cu12//file"],
        suffix = "local.1",
    )
""",
    attrs = _ATTRS,
    provides = [WheelfixRepairInfo],
    toolchains = [TOOLCHAIN_TYPE],
)

def replacement(target, wheel, repair):
    """What may be in the place of a wheel.

    Args:
      target: the label that errors name.
      wheel: the wheel's file.
      repair: the target of a wheelfix_repair.

    Returns:
      The file name in the folder of the repair. It is there if the wheel had to be changed.
    """
    info = repair[WheelfixRepairInfo]
    if wheel.path not in info.new_names:
        fail("%s: %s isn't one of the wheels of %s" % (target, wheel.basename, repair.label))
    return info.new_names[wheel.path]
