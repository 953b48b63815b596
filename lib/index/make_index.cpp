#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/index.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "index/folder_lock.hpp"
#include "index/indexer.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

std::string name_of(LinkKind kind) {
  switch (kind) {
    case LinkKind::hardlink:
      return "hardlink";
    case LinkKind::copy:
      return "copy";
    default:
      return "symlink";
  }
}

std::string checked_base_url(const std::string& url) {
  const bool is_plain = std::ranges::all_of(url, [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("\"<>\\^`{|}?#").find(c) == std::string_view::npos;
  });
  if (url.empty() || !is_plain) {
    throw Error(ErrorCode::usage, "--base-url",
                "'" + url + "' is not a URL that file names can be appended to",
                "give one like https://files.example.com/wheels/");
  }
  return url.ends_with('/') ? url : url + "/";
}

std::string checked_title(const std::string& title) {
  const bool is_plain = is_valid_utf8(title) && std::ranges::none_of(title, [](char c) {
                          return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
                        });
  if (trim(title).empty() || !is_plain)
    throw Error(ErrorCode::usage, "--title", "'" + printable(title) + "' is not a title for a page",
                "give one line of UTF-8 text");
  return title;
}

IndexPlan make_plan(const fs::path& folder, const fs::path& output, const IndexOptions& options) {
  IndexPlan plan;
  plan.source = {folder, options.links, link_prefix(folder, output)};
  plan.style = {checked_title(options.title), options.base_url ? checked_base_url(*options.base_url) : "",
                options.upstream ? options.upstream->url : "",
                options.base_url ? "none" : name_of(options.links)};
  plan.settings =
      plan.style.title + '\0' + plan.style.base_url + '\0' + plan.style.upstream + '\0' + plan.source.prefix;
  return plan;
}

}  // namespace

std::string_view to_string(IndexChange::How how) noexcept {
  switch (how) {
    case IndexChange::How::added:
      return "added";
    case IndexChange::How::changed:
      return "changed";
    case IndexChange::How::removed:
      return "removed";
    default:
      return "rewritten";
  }
}

IndexReport make_index(const fs::path& folder, const IndexOptions& options) {
  const auto output = options.output.empty() ? folder / "simple" : options.output;
  std::error_code failure;
  if (!fs::is_directory(folder, failure))
    throw_io_error(folder, "read the folder", failure ? failure.value() : ENOTDIR);
  const auto plan = make_plan(folder, output, options);
  std::optional<FolderLock> lock;
  if (!options.is_check) lock.emplace(output, options.waiting, options.progress);
  OutputTree tree(output, options.is_check ? OutputTree::Mode::check : OutputTree::Mode::write);
  return Indexer(tree, plan, options).run();
}

}  // namespace wheelfix
