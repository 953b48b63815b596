#include "common/run_app.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <new>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>
#include <system_error>
#include <wheelfix/error.hpp>

#include "common/console.hpp"
#include "common/signals.hpp"
#include "common/standard_streams.hpp"

namespace cli {

namespace {

using wheelfix::Error;
using wheelfix::ErrorCode;

constexpr int failed = 4;

bool has_json_errors = false;

bool names_json(int argc, char** argv) {
  for (const std::string_view word :
       std::span(argv, static_cast<std::size_t>(std::max(argc, 1))).subspan(1)) {
    if (word == "--") return false;
    if (word == "--json") return true;
  }
  return false;
}

/// As documents have it, in which it doesn't change between versions.
std::string_view code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::usage:
      return "usage";
    case ErrorCode::bad_label:
      return "bad-label";
    case ErrorCode::bad_archive:
      return "bad-archive";
    case ErrorCode::bad_wheel:
      return "bad-wheel";
    case ErrorCode::bad_diff:
      return "bad-diff";
    case ErrorCode::does_not_apply:
      return "does-not-apply";
    case ErrorCode::already_applied:
      return "already-applied";
    case ErrorCode::bad_binary:
      return "bad-binary";
    case ErrorCode::cannot_edit:
      return "cannot-edit";
    case ErrorCode::bad_recipe:
      return "bad-recipe";
    case ErrorCode::bad_receipt:
      return "bad-receipt";
    case ErrorCode::bad_python:
      return "bad-python";
    case ErrorCode::limit_exceeded:
      return "limit-exceeded";
    case ErrorCode::output_exists:
      return "output-exists";
    case ErrorCode::io:
      return "io";
    case ErrorCode::cancelled:
      break;
  }
  return "cancelled";
}

/// On stdout, which has one document or none. If it can't be written, stderr still has the text.
template <typename Print>
void print_error_document(Print print_it) {
  if (!has_json_errors || has_printed()) return;
  try {
    print_it();
  } catch (const std::exception&) {
    return;
  }
}

void print_error_document(const Error& error, std::string_view code) {
  print_error_document([&] {
    print_json({{"error",
                 {{"code", code},
                  {"subject", string_or_null(error.subject())},
                  {"message", error.message()},
                  {"hint", string_or_null(error.hint())}}}});
  });
}

int fail(const Error& error, std::string_view code) {
  print_error_document(error, code);
  print_error(error);
  return wheelfix::exit_status(error.code());
}

int fail_without_memory() {
  print_error_document([] {
    print(R"({
  "schema": 1,
  "error": {
    "code": "out-of-memory",
    "subject": null,
    "message": "out of memory",
    "hint": "see `ulimit -v` for a limit; `--jobs 1` takes less"
  }
}
)");
  });
  say("error: out of memory\nhint: see `ulimit -v` for a limit; `--jobs 1` takes less\n");
  return failed;
}

int run_and_tell(int (*app)(int argc, char** argv), int argc, char** argv) {
  try {
    return app(argc, argv);
  } catch (const ReaderGone&) {
    // Without a message, because it is `head` or `less` that ends a pipe early. But not with 0, as ripgrep
    // does: that would say that a wheel is sound although not all findings were printed.
    return failed;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::cancelled && interrupted() != 0) {
      print_error_document(error, code_name(error.code()));
      std::signal(interrupted(), SIG_DFL);
      std::raise(interrupted());  // tell the shell why, now that nothing is left behind
    }
    return fail(error, code_name(error.code()));
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(Error(ErrorCode::io, error.path1().string(), error.code().message(),
                      "check the path and the permissions of its folders"),
                "io");
  } catch (const std::system_error& error) {
    return fail(Error(ErrorCode::io, "", fmt::format("the system refused a request: {}", error.what()),
                      "see `ulimit -a` for limits, and `df` for a full disk"),
                "io");
  } catch (const std::bad_alloc&) {
    return fail_without_memory();
  } catch (const std::exception& error) {
    return fail(Error(ErrorCode::io, "", error.what(),
                      "this is a bug in wheelfix: please report it with the command line"),
                "internal");
  }
}

/// Memory of string tables and other big buffers goes back to the system when it is freed: glibc would keep
/// up to 32 MB of each such size, on each thread.
void free_big_buffers() {
#ifdef M_MMAP_THRESHOLD
  mallopt(M_MMAP_THRESHOLD, 1 << 20);
  mallopt(M_TRIM_THRESHOLD, 4 << 20);
#endif
}

/// The heap begins with some of the system's large pages, if it has them: patch of torch has a tenth of the
/// page faults, and takes three quarters of the time. glibc has a tunable for it, but reads it before main.
void begin_with_large_pages() {
#ifdef M_TOP_PAD
  constexpr std::size_t room = 24 << 20, page = 2 << 20, more_than_is_left = 100 << 10;
  mallopt(M_TOP_PAD, room);
  auto begin = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  void* volatile block = std::malloc(more_than_is_left);  // volatile, or the compiler leaves it out
  std::free(block);
  const auto end = reinterpret_cast<std::uintptr_t>(::sbrk(0));
  begin = (begin + page - 1) / page * page;
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

}  // namespace

void set_json_errors(bool is_json) noexcept {
  has_json_errors = is_json;
}

int run_app(int (*app)(int argc, char** argv), int argc, char** argv) {
  free_big_buffers();
  begin_with_large_pages();
  hold_standard_streams();
  catch_signals();
  set_json_errors(names_json(argc, argv));
  try {
    return run_and_tell(app, argc, argv);
  } catch (const std::exception&) {
    return failed;  // stderr can't be written either
  }
}

}  // namespace cli
