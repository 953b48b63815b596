"""How wheelfix is run in an action, and options that several rules have."""

# Results that wheelfix prints are kept in a file: Bazel would show them for each action.
_WITH_REPORT = """report="$1"; shift; exec "$@" >"$report" """

JOBS = attr.int(
    doc = "Threads that wheelfix may use; 0 for one per processor. The result is the same.",
    default = 1,
)

WRITING_ATTRS = {
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

def run_wheelfix(ctx, tool, mnemonic, progress, args, inputs, outputs, report):
    """Runs a command that prints JSON. If it fails, its text is shown and nothing is kept.

    Args:
      ctx: the rule's context.
      tool: the program's DefaultInfo.
      mnemonic: of the action.
      progress: what Bazel shows while it runs.
      args: the command and its options.
      inputs: a list of files.
      outputs: a list of files, without the report.
      report: the file that gets the JSON.
    """
    program = ctx.actions.args()
    program.add(report)
    program.add(tool.files_to_run.executable)
    ctx.actions.run_shell(
        command = _WITH_REPORT,
        arguments = [program, args],
        inputs = inputs,
        outputs = outputs + [report],
        tools = [tool.files_to_run],
        mnemonic = mnemonic,
        progress_message = progress,
        execution_requirements = execution_requirements(ctx.attr.jobs),
    )

def execution_requirements(jobs):
    """What an action with threads asks of its machine.

    Args:
      jobs: the number of threads, or 0.

    Returns:
      Execution requirements.
    """
    return {"cpu:%d" % jobs: ""} if jobs > 1 else {}
