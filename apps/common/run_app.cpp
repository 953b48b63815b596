#include "common/run_app.hpp"

#include <csignal>
#include <exception>
#include <filesystem>
#include <new>
#include <system_error>
#include <wheelfix/error.hpp>

#include "common/console.hpp"
#include "common/signals.hpp"
#include "common/standard_streams.hpp"

namespace cli {

namespace {

constexpr int failed = 4;

int run_and_tell(int (*app)(int argc, char** argv), int argc, char** argv) {
  try {
    return app(argc, argv);
  } catch (const ReaderGone&) {
    // Without a message, because it is `head` or `less` that ends a pipe early. But not with 0, as ripgrep
    // does: that would say that a wheel is sound although not all findings were printed.
  } catch (const wheelfix::Error& error) {
    if (error.code() == wheelfix::ErrorCode::cancelled && interrupted() != 0) {
      std::signal(interrupted(), SIG_DFL);
      std::raise(interrupted());  // tell the shell why, now that nothing is left behind
    }
    print_error(error);
    return wheelfix::exit_status(error.code());
  } catch (const std::filesystem::filesystem_error& error) {
    print_line(fmt::format("error: {}: {}", error.path1().string(), error.code().message()));
    print_line("hint: check the path and the permissions of its folders");
  } catch (const std::system_error& error) {
    print_line(fmt::format("error: the system refused a request: {}", error.what()));
    print_line("hint: see `ulimit -a` for limits, and `df` for a full disk");
  } catch (const std::bad_alloc&) {
    say("error: out of memory\nhint: see `ulimit -v` for a limit; `--jobs 1` takes less\n");
  } catch (const std::exception& error) {
    print_line(fmt::format(
        "error: {}\nhint: this is a bug in wheelfix: please report it with the command line", error.what()));
  }
  return failed;
}

}  // namespace

int run_app(int (*app)(int argc, char** argv), int argc, char** argv) {
  hold_standard_streams();
  catch_signals();
  try {
    return run_and_tell(app, argc, argv);
  } catch (const std::exception&) {
    return failed;  // stderr can't be written either
  }
}

}  // namespace cli
