#pragma once

namespace cli {

/// The whole of an app's main: catches signals and every exception, prints `error:` and `hint:`, and returns
/// the exit status. With --json it prints `{"schema": 1, "error": {"code", "subject", "message", "hint"}}` to
/// stdout too, unless the app has printed something there.
int run_app(int (*app)(int argc, char** argv), int argc, char** argv);

/// Whether --json was given, once the command line is parsed. Until then a word --json counts, because a line
/// that can't be parsed is an error that is printed too.
void set_json_errors(bool is_json) noexcept;

}  // namespace cli
