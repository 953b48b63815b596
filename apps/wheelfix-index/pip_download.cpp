#include "wheelfix-index/pip_download.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <wheelfix/error.hpp>

#include "common/signals.hpp"

namespace cli {

namespace {

using wheelfix::Error;
using wheelfix::ErrorCode;

/// Starts a program that PATH finds, its stdout joined with our stderr. Returns its process, or 0 if PATH
/// finds none.
pid_t start(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const auto& word : command)
    words.push_back(const_cast<char*>(word.c_str()));  // posix_spawn only reads them
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t ignored_here;
  ::sigemptyset(&ignored_here);
  ::sigaddset(&ignored_here, SIGPIPE);
  ::sigaddset(&ignored_here, SIGXFSZ);
  ::posix_spawnattr_setsigdefault(&attributes, &ignored_here);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int failure = ::posix_spawnp(&child, words.front(), &actions, &attributes, words.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure == ENOENT) return 0;
  if (failure != 0)
    throw Error(ErrorCode::io, command.front(), std::string("cannot be run: ") + std::strerror(failure));
  return child;
}

/// The status as a shell gives it: a signal is 128 and its number.
int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR)
      throw Error(ErrorCode::io, "pip", std::string("cannot be waited for: ") + std::strerror(errno));
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

void pip_download(const std::filesystem::path& folder, const std::vector<std::string>& requirement_files,
                  const std::vector<std::string>& words, Verbosity verbosity) {
  std::vector<std::string> arguments = {"download", "--dest", folder.string()};
  if (verbosity == Verbosity::quiet) arguments.emplace_back("--quiet");
  for (const auto& file : requirement_files) arguments.insert(arguments.end(), {"--requirement", file});
  arguments.insert(arguments.end(), words.begin(), words.end());
  const std::vector<std::vector<std::string>> pips = {{"pip"}, {"python3", "-m", "pip"}};
  for (auto command : pips) {
    command.insert(command.end(), arguments.begin(), arguments.end());
    const auto child = start(command);
    if (child == 0) continue;
    const int status = wait_for(child);
    if (interrupted() != 0) throw Error(ErrorCode::cancelled, "pip", "was cancelled");
    if (status == 0) return;
    throw Error(ErrorCode::io, "pip download",
                fmt::format("failed with exit status {}, so nothing was indexed", status),
                "its own message is above");
  }
  throw Error(ErrorCode::io, "pip", "is not on PATH, nor is python3",
              "install pip, or download the packages yourself and give only the folder");
}

}  // namespace cli
