#include <sys/stat.h>
#include <unistd.h>

#include <system_error>
#include <wheelfix/error.hpp>
#include <wheelfix/library_rules.hpp>

#include "base/atomic_file.hpp"
#include "base/file.hpp"
#include "base/glob.hpp"
#include "base/text.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;

struct stat status_of(const fs::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0)
    throw Error(ErrorCode::io, file.string(), std::generic_category().message(errno));
  if (!S_ISREG(status.st_mode)) throw Error(ErrorCode::io, file.string(), "isn't a file");
  return status;
}

/// As the only file of a folder that something is installed in.
WheelEdit as_edit(const fs::path& file, const struct stat& status) {
  WheelEntry entry{.path = file.filename().string(),
                   .size = static_cast<std::uint64_t>(status.st_size),
                   .compressed_size = static_cast<std::uint64_t>(status.st_size),
                   .mode = status.st_mode};
  return WheelEdit(Wheel::installed({.folder = file.parent_path(),
                                     .place = file.parent_path().string(),
                                     .name = WheelName::parse("library-0-py3-none-any.whl"),
                                     .files = {std::move(entry)}}));
}

/// The library's errors name it as an entry of its folder.
[[noreturn]] void rethrow_with_path(const Error& error, const fs::path& file) {
  const auto as_entry = file.parent_path().string() + ": " + printable(file.filename().string());
  throw Error(error.code(), error.subject() == as_entry ? file.string() : error.subject(), error.message(),
              error.hint());
}

bool is_same_file(const fs::path& one, const fs::path& other) {
  std::error_code ignored;
  return fs::equivalent(one, other, ignored);
}

void require_editable(const fs::path& file) {
  const auto info = read_library_file(file).info;
  if (info.format == BinaryFormat::pe)
    throw Error(ErrorCode::cannot_edit, file.string(),
                "is a DLL: Windows knows no search paths in libraries");
  if (!info.is_dynamic)
    throw Error(ErrorCode::cannot_edit, file.string(),
                "has no dynamic section, so no loader looks for its libraries");
}

/// Owner and permissions, which a new file doesn't have by itself. Only root may give a file to another.
void take_over(const fs::path& output, const struct stat& status) {
  if (::chown(output.c_str(), status.st_uid, status.st_gid) != 0 && ::geteuid() == 0)
    throw Error(ErrorCode::io, output.string(), std::generic_category().message(errno));
  fs::permissions(output, static_cast<fs::perms>(status.st_mode & 0777));
}

}  // namespace

LibraryRule parse_library_file_rule(LibraryRule::Action action, std::string_view text, std::string origin,
                                    const fs::path& file) {
  const auto name = file.filename().string();
  const auto equals = text.find('=');
  const bool may_be_glob = equals != std::string_view::npos || action == LibraryRule::Action::remove_rpath;
  if (may_be_glob && glob_matches(std::string(text.substr(0, equals)), name))
    return parse_library_rule(action, text, std::move(origin));
  auto rule = parse_library_rule(action, "*=" + std::string(text), std::move(origin));
  const bool is_own_glob = glob_matches(name, name);
  if (is_own_glob || action == LibraryRule::Action::set_soname) rule.glob = name;
  return rule;
}

LibraryFileResult edit_library_file(const fs::path& file, const std::vector<LibraryRule>& rules,
                                    const LibraryRuleOptions& options, const LibraryFileOptions& where,
                                    const LibraryAnnouncement& announce) {
  const auto status = status_of(file);
  require_editable(file);
  const bool is_itself = is_same_file(file, where.output);
  if (!is_itself && !where.overwrite) require_no_file(where.output);
  auto edit = as_edit(file, status);
  const auto name = file.filename().string();
  LibraryFileResult result;
  try {
    result.findings = apply_library_rules(edit, rules, options).findings;
  } catch (const Error& error) {
    rethrow_with_path(error, file);
  }
  if (const auto item = edit.overlay().find(name); item != edit.overlay().end())
    for (const auto how : item->second->how) result.changed.push_back({name, how});
  if (where.dry_run || (is_itself && result.changed.empty())) {
    if (announce) announce(result);
    return result;
  }
  // A link to the library stays one.
  AtomicFile output(is_itself ? fs::canonical(where.output) : where.output,
                    is_itself || where.overwrite ? Existing::replace : Existing::refuse);
  output.append(edit.read(name));
  output.publish(Durability::none);
  take_over(output.destination(), status);
  if (announce) announce(result);
  output.keep();
  return result;
}

}  // namespace wheelfix
