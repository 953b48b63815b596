"""How wheelfix is run in an action, and options that several rules have."""

# Results that wheelfix prints are kept in a file: Bazel would show them for each action.
_WITH_REPORT = """report="$1"; shift; exec "$@" >"$report" """

# The same with wheels in a folder that isn't kept: triples of a source, the name of the wheel that is made of it and the delta's path, up to `--`.
_WITH_DELTAS = """set -e
report="$1" program="$2" folder="$3" jobs="$4"; shift 4
triples=(); while [ "$1" != -- ]; do triples+=("$1" "$2" "$3"); shift 3; done; shift
"$program" "$@" >"$report"
set -- "${triples[@]}"
while [ $# -gt 0 ]; do
  if [ -e "$folder/$2" ]; then "$program" delta --quiet --jobs "$jobs" -o "$3" "$1" "$folder/$2" >/dev/null; fi
  shift 3
done
rm -rf "$folder"
"""

# Triples of a source, a delta, which need not be there, and the wheel that it makes.
_JOIN = """set -e
program="$1" jobs="$2"; shift 2
while [ $# -gt 0 ]; do
  if [ -e "$2" ]; then "$program" join --quiet --jobs "$jobs" -o "$3" "$1" "$2" >/dev/null; fi
  shift 3
done
"""

JOBS = attr.int(
    doc = "Threads that wheelfix may use; 0 for one per processor. The result is the same.",
    default = 1,
)

WRITING_ATTRS = {
    "delta": attr.bool(doc = "Caches keep what is new in a wheel, mostly some kB, instead of the wheel, which is joined from it and the source " +
                             "where it is used."),
    "force": attr.bool(doc = "Corrects RECORD for changed and missing files, and writes despite errors in the new wheel."),
    "jobs": JOBS,
    "level": attr.int(
        doc = "Compression level of new content, 0 to 12.",
        default = 6,
    ),
    "replace_local": attr.bool(doc = "Replaces a local version label that the source has, instead of extending it."),
    "rpath_kind": attr.string(
        doc = "The kind of search paths: `keep` what is there, or `rpath` or `runpath`.",
        values = ["", "keep", "rpath", "runpath"],
    ),
    "suffix": attr.string(
        doc = "The local version label of what is written, as `stripe.5`: the file's name depends on it.",
        mandatory = True,
    ),
    "verify": attr.string(
        doc = "Whether edited libraries are read back by a second reader.",
        default = "auto",
        values = ["auto", "always", "never"],
    ),
}

def add_writing_options(args, attr):
    """Adds the options of WRITING_ATTRS.

    Args:
      args: the action's arguments.
      attr: the rule's attributes.
    """
    args.add("--suffix", attr.suffix)
    args.add("--level", attr.level)
    args.add("--verify", attr.verify)
    if attr.rpath_kind:
        args.add("--rpath-kind", attr.rpath_kind)
    if attr.replace_local:
        args.add("--replace-local")
    if attr.force:
        args.add("--force")

def run_wheelfix(ctx, tool, mnemonic, progress, args, inputs, wheels, report, new_names, delta_of):
    """Runs a command that writes wheels to a folder and prints JSON. If it fails, its text is shown and nothing is kept.

    Args:
      ctx: the rule's context, of a rule with WRITING_ATTRS.
      tool: the program's DefaultInfo.
      mnemonic: of the action.
      progress: what Bazel shows while it runs.
      args: the command and its options, without the folder.
      inputs: a list of files.
      wheels: the output, a wheel or a folder of wheels.
      report: the file that gets the JSON.
      new_names: a list with pairs of a source and the name that the wheel has that is made of it.
      delta_of: the output with the deltas, a file or a folder, if the rule's `delta` is set.
    """
    folder = wheels.path if wheels.is_directory else wheels.dirname
    jobs = str(ctx.attr.jobs)
    first = ctx.actions.args()
    first.add_all([report, tool.files_to_run.executable])
    joined = ctx.actions.args()
    joined.add_all([tool.files_to_run.executable, jobs])
    if ctx.attr.delta:
        folder = delta_of.path + ".wheels"
        first.add_all([folder, jobs])
        for source, name in new_names:
            delta = delta_of.path + "/" + name + ".delta" if delta_of.is_directory else delta_of.path
            first.add_all([source.path, name, delta])
            joined.add_all([source.path, delta, wheels.path + "/" + name if wheels.is_directory else wheels.path])
        first.add("--")
    args.add("--dest-dir", folder)
    ctx.actions.run_shell(
        command = _WITH_DELTAS if ctx.attr.delta else _WITH_REPORT,
        arguments = [first, args],
        inputs = inputs,
        outputs = [delta_of if ctx.attr.delta else wheels, report],
        tools = [tool.files_to_run],
        mnemonic = mnemonic,
        progress_message = progress,
        execution_requirements = execution_requirements(ctx.attr.jobs),
    )
    if ctx.attr.delta:
        ctx.actions.run_shell(
            command = _JOIN,
            arguments = [joined],
            inputs = [source for source, _ in new_names] + [delta_of],
            outputs = [wheels],
            tools = [tool.files_to_run],
            mnemonic = "WheelfixJoin",
            progress_message = "Joining wheels of %s" % ctx.label,
            execution_requirements = execution_requirements(ctx.attr.jobs, cached = False),
        )

def execution_requirements(jobs, cached = True):
    """What an action asks of its machine, and of caches.

    Args:
      jobs: the number of threads, or 0.
      cached: whether caches are to keep what it makes.

    Returns:
      Execution requirements.
    """
    requirements = {} if cached else {"no-cache": ""}
    if jobs > 1:
        requirements["cpu:%d" % jobs] = ""
    return requirements
