"""wheelfix_index: a package index as a folder."""

load("//:toolchain.bzl", "TOOLCHAIN_TYPE", "wheelfix_index_tool")
load(":action.bzl", "JOBS", "execution_requirements")

# The program, the folder, then options up to `--`, then wheels and folders of wheels. An index has the times of its files: here 1980-01-01.
_INDEX = """set -eu
program="$1" out="$2" files="$2/.files"; shift 2
options=(); while [ "$1" != -- ]; do options+=("$1"); shift; done; shift
mkdir "$files"
for wheel; do
  if [ -d "$wheel" ]; then find -L "$wheel" -name '*.whl' -exec cp -L -- {} "$files" ';'; else cp -L -- "$wheel" "$files"; fi
done
find "$files" -type f -exec env TZ=UTC touch -t 198001010000 {} +
"$program" --quiet --hardlink "${options[@]}" --output "$out" "$files" >/dev/null
rm -rf "$files" "$out"/.[!.]*
"""

def _wheelfix_index_impl(ctx):
    names = {}
    for file in ctx.files.wheels:
        if not file.is_directory and not file.basename.endswith(".whl"):
            fail("%s: %s is neither a wheel nor a folder of wheels" % (ctx.label, file.short_path))
        if file.basename in names and not file.is_directory:
            fail("%s: there are two files named %s, %s and %s" % (ctx.label, file.basename, names[file.basename], file.short_path))
        names[file.basename] = file.short_path
    folder = ctx.actions.declare_directory(ctx.label.name)
    tool = wheelfix_index_tool(ctx)
    args = ctx.actions.args()
    args.add_all([tool.files_to_run.executable, folder.path, "--jobs", str(ctx.attr.jobs)])
    if ctx.attr.title:
        args.add("--title", ctx.attr.title)
    if ctx.attr.base_url:
        args.add("--base-url", ctx.attr.base_url)
    args.add("--")
    args.add_all(ctx.files.wheels, expand_directories = False)
    ctx.actions.run_shell(
        command = _INDEX,
        arguments = [args],
        inputs = ctx.files.wheels,
        outputs = [folder],
        tools = [tool.files_to_run],
        mnemonic = "WheelfixIndex",
        progress_message = "Indexing %s" % ctx.label,
        execution_requirements = execution_requirements(ctx.attr.jobs),
    )
    return [DefaultInfo(files = depset([folder]))]

wheelfix_index = rule(
    implementation = _wheelfix_index_impl,
    doc = """Makes a package index of wheels, a folder that pip and uv take as an index, and any web server can serve.

    wheelfix_index(
        name = "simple",
        wheels = [":torch_patched", ":set"],
    )
""",
    attrs = {
        "base_url": attr.string(doc = "The URL that serves the wheels, if the index is not to have them in it."),
        "jobs": JOBS,
        "title": attr.string(doc = "The title of the list of projects."),
        "wheels": attr.label_list(
            doc = "Wheels, and folders of wheels as wheelfix_repair makes them.",
            allow_files = True,
            mandatory = True,
        ),
    },
    toolchains = [TOOLCHAIN_TYPE],
)
