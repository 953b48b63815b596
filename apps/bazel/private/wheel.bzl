"""wheelfix_wheel: a wheel from a wheel."""

load("//:toolchain.bzl", "TOOLCHAIN_TYPE", "wheelfix_tool")
load(":action.bzl", "WRITING_ATTRS", "add_writing_options", "run_wheelfix")
load(":wheel_name.bzl", "relabelled")

WheelfixWheelInfo = provider(
    doc = "A changed wheel.",
    fields = {
        "report": "the file with what `wheelfix patch --json` said",
        "source": "the wheel that it was made from",
        "wheel": "the new wheel",
    },
)

# In the order in which they are done.
_LIBRARY_RULES = {
    "set_rpath": "Search paths that libraries get: globs of their paths, each with its entries. `[]` removes the path.",
    "remove_rpath": "Entries that are removed from search paths; `[]` for all of them.",
    "add_rpath": "Entries that search paths get in addition, like `$ORIGIN/../demo.libs`.",
    "remove_needed": "Needed libraries that are removed.",
    "replace_needed": "Needed libraries that are replaced, each as `OLD:NEW`.",
    "add_needed": "Needed libraries that are added.",
}

def _recipe_folder(ctx, target):
    """The folder of a recipe, which is given as a folder or as its files."""
    files = target[DefaultInfo].files.to_list()
    if len(files) == 1 and files[0].is_directory:
        return files[0].path
    folders = [file.dirname for file in files if file.basename == "wheelfix.toml"]
    if len(folders) != 1:
        fail("%s: recipe %s has %d files named wheelfix.toml: it must be a folder, or a filegroup with the files of one recipe" %
             (ctx.label, target.label, len(folders)))
    return folders[0]

def _add_patches(args, ctx):
    for recipe in ctx.attr.recipes:
        args.add("--patch-dir", _recipe_folder(ctx, recipe))
    args.add_all(ctx.files.patches, before_each = "--patch")
    if ctx.attr.strip >= 0:
        args.add("-p", ctx.attr.strip)
    args.add("--fuzz", ctx.attr.fuzz)
    for option in ["reverse", "strict_eol", "skip_applied"]:
        if getattr(ctx.attr, option):
            args.add("--" + option.replace("_", "-"))

def _add_entries(args, ctx):
    args.add_all(ctx.attr.remove, before_each = "--remove")
    for option in ["add", "stub"]:
        for target, entry in getattr(ctx.attr, option).items():
            files = target[DefaultInfo].files.to_list()
            if len(files) != 1:
                fail("%s: %s: %s has %d files, and an entry is made from one" % (ctx.label, option, target.label, len(files)))
            args.add("--" + option, entry + "=" + files[0].path)

def _add_library_rules(args, ctx):
    for name in _LIBRARY_RULES:
        option = "--" + name.replace("_", "-")
        for glob, values in getattr(ctx.attr, name).items():
            if name.endswith("_rpath"):
                all_of_them = name == "remove_rpath" and not values
                args.add(option, glob if all_of_them else glob + "=" + ":".join(values))
            else:
                args.add_all([glob + "=" + value for value in values], before_each = option)
    for entry, soname in ctx.attr.set_soname.items():
        args.add("--set-soname", entry + "=" + soname)

def _wheelfix_wheel_impl(ctx):
    source = ctx.file.wheel
    name = relabelled(ctx.label, source.basename, ctx.attr.suffix, ctx.attr.replace_local)
    wheel = ctx.actions.declare_file(ctx.label.name + "/" + name)
    report = ctx.actions.declare_file(ctx.label.name + "/report.json")
    args = ctx.actions.args()
    args.add_all(["patch", "--quiet", "--json", "--jobs", str(ctx.attr.jobs)])
    add_writing_options(args, ctx.attr)
    _add_patches(args, ctx)
    _add_entries(args, ctx)
    _add_library_rules(args, ctx)
    args.add(source)
    run_wheelfix(
        ctx,
        wheelfix_tool(ctx),
        mnemonic = "WheelfixPatch",
        progress = "Patching %s" % source.basename,
        args = args,
        inputs = [source] + ctx.files.recipes + ctx.files.patches + ctx.files.add + ctx.files.stub,
        wheels = wheel,
        report = report,
        new_names = [(source, name)],
        delta_of = ctx.actions.declare_file(ctx.label.name + "/" + name + ".delta") if ctx.attr.delta else None,
    )
    return [
        DefaultInfo(files = depset([wheel])),
        OutputGroupInfo(report = depset([report])),
        WheelfixWheelInfo(report = report, source = source, wheel = wheel),
    ]

_ATTRS = {
    "add": attr.label_keyed_string_dict(
        doc = "Files that are added, each with the path of its entry.",
        allow_files = True,
    ),
    "fuzz": attr.int(doc = "Lines of context that may differ at the ends of a hunk."),
    "patches": attr.label_list(
        doc = "Unified or git diffs, applied in this order. All of them apply, or the action fails.",
        allow_files = [".patch", ".diff"],
    ),
    "recipes": attr.label_list(
        doc = "Recipes: of each a folder, or a filegroup of its files with one `wheelfix.toml`.",
        allow_files = True,
    ),
    "remove": attr.string_list(doc = "Globs of entries that are removed, before anything else."),
    "reverse": attr.bool(doc = "Applies the patches in reverse."),
    "set_soname": attr.string_dict(doc = "Libraries by the paths of their entries, each with its soname."),
    "skip_applied": attr.bool(doc = "Skips what is applied already."),
    "strict_eol": attr.bool(doc = "Refuses patches with LF line ends for files with CRLF."),
    "strip": attr.int(
        doc = "Parts that are stripped from the names in patches, as `-p`. -1: 1, or what the recipe says.",
        default = -1,
    ),
    "stub": attr.label_keyed_string_dict(
        doc = "Templates of libraries without code, each with the path of its entry.",
        allow_files = [".toml"],
    ),
    "wheel": attr.label(
        doc = "The wheel, under the name that it was published with.",
        allow_single_file = [".whl"],
        mandatory = True,
    ),
}
_ATTRS.update(WRITING_ATTRS)
_ATTRS.update({name: attr.string_list_dict(doc = doc) for name, doc in _LIBRARY_RULES.items()})

wheelfix_wheel = rule(
    implementation = _wheelfix_wheel_impl,
    doc = """Changes a wheel: all that `wheelfix patch` does. The new wheel has the source's name with the local version label `suffix`.

    wheelfix_wheel(
        name = "torch_patched",
        wheel = "@torch//file",
        patches = ["torch.patch"],
        suffix = "fix.1",
    )
""",
    attrs = _ATTRS,
    provides = [WheelfixWheelInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
