#pragma once

namespace cli {

/// The whole of an app's main: catches signals and every exception, prints `error:` and `hint:`, and returns
/// the exit status.
int run_app(int (*app)(int argc, char** argv), int argc, char** argv);

}  // namespace cli
