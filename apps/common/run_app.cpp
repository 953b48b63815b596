#include "common/run_app.hpp"

#include <csignal>
#include <exception>
#include <filesystem>
#include <new>
#include <wheelfix/error.hpp>

#include "common/console.hpp"
#include "common/signals.hpp"

namespace cli {

int run_app(int (*app)(int argc, char** argv), int argc, char** argv) {
  catch_signals();
  try {
    return app(argc, argv);
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
  } catch (const std::bad_alloc&) {
    print_line("error: out of memory");
  } catch (const std::exception& error) {
    print_line(fmt::format(
        "error: {}\nhint: this is a bug of wheelfix: please report it with the command line", error.what()));
  }
  return 4;
}

}  // namespace cli
