#include "zip/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/background.hpp"
#include "base/text.hpp"
#include "zip/audit.hpp"
#include "zip/directory.hpp"
#include "zip/format.hpp"
#include "zip/second_opinion.hpp"
#include "zip/stream_entry.hpp"

namespace wheelfix::zip {

struct Archive::State {
  File file;
  Directory directory;
  std::vector<Finding> findings;
  std::unordered_set<std::string> faulty_paths;
  bool libzip_agrees = false;  ///< else a finding says why
};

namespace {

constexpr std::size_t entries_worth_a_thread = 500;

}  // namespace

Archive Archive::open(const std::filesystem::path& path, const Limits& limits, const Meanwhile& meanwhile) {
  return open(File::open(path), limits, meanwhile);
}

Archive Archive::open(File opened, const Limits& limits, const Meanwhile& meanwhile) {
  Archive archive(std::make_shared<State>(State{std::move(opened), {}, {}, {}, false}));
  auto& directory = archive.state_->directory;
  auto& libzip_agrees = archive.state_->libzip_agrees;
  directory = read_directory(archive.file(), limits);
  const auto ask = [&](LibzipCheck check) {
    return second_opinion(archive.file(), archive.entries(), check);
  };
  auto asked = in_background(directory.entries.size() > entries_worth_a_thread,
                             [&] { return ask(LibzipCheck::consistency); });
  auto in_headers = read_local_headers(archive.file(), directory, limits);
  const bool is_partly_deferred = directory.has_partly_deferred && !in_headers.has_error();
  FindingSink list(archive.file().path().string(), limits.max_alike);
  const auto add_findings = [&] {
    list.add(audit(directory, limits));
    list.add(std::move(in_headers));
  };
  const bool has_old_names = std::ranges::any_of(directory.entries, has_unconverted_name);
  if (!has_old_names) {
    add_findings();
    libzip_agrees = !list.has_error();  // until it is known
    if (meanwhile && libzip_agrees) meanwhile(archive);
  }
  auto libzip = asked.get();
  // The one sound form that libzip's check refuses: our reader has made the comparisons instead.
  if (!libzip.agrees && is_partly_deferred) libzip = ask(LibzipCheck::directory);
  if (has_old_names) {
    for (auto& [index, name] : libzip.converted_names) directory.entries[index].path = std::move(name);
    add_findings();
    libzip_agrees = libzip.agrees;
    if (meanwhile && libzip_agrees && !list.has_error()) meanwhile(archive);
  }
  libzip_agrees = libzip.agrees;
  if (!libzip_agrees && !list.has_error()) {
    list.error(FindingCode::inconsistent_archive, {},
               "libzip refuses the archive, without saying which entry: " + libzip.refusal,
               "download the wheel again and compare its hash");
  }
  archive.state_->findings = list.take();
  archive.state_->faulty_paths = std::move(list).error_paths();
  return archive;
}

const File& Archive::file() const {
  return state_->file;
}
const std::vector<Entry>& Archive::entries() const {
  return state_->directory.entries;
}
const std::string& Archive::comment() const {
  return state_->directory.comment;
}
const std::vector<Finding>& Archive::findings() const {
  return state_->findings;
}

std::vector<Finding> Archive::take_findings() {
  return std::exchange(state_->findings, {});
}

const std::unordered_set<std::string>& Archive::faulty_paths() const {
  return state_->faulty_paths;
}

std::string Archive::subject(const Entry& entry) const {
  return fmt::format("{}: {}", file().path().string(), printable(entry.path));
}

Entry Archive::with_local_extra(const Entry& entry) const {
  Entry copy = entry;
  const auto extra_offset = entry.header_offset + local_header_size + entry.raw_name.size();
  const auto extra = file().read(extra_offset, static_cast<std::size_t>(entry.data_offset - extra_offset));
  copy.local_extra = filter_extra_fields(extra, [](std::uint16_t id) { return id != extra_id::zip64; });
  return copy;
}

bool Archive::can_read() const {
  return state_->libzip_agrees;
}

std::string Archive::read(const Entry& entry) const {
  if (!can_read())
    throw Error(ErrorCode::bad_archive, subject(entry), "cannot be read: the archive is inconsistent");
  Inflater inflater;
  std::string content;
  stream(entry, inflater, [&](std::string_view piece) { content += piece; });
  return content;
}

void Archive::stream(const Entry& entry, Inflater& inflater, const Inflater::Sink& sink) const {
  stream_entry(file(), entry, inflater, sink);
}

}  // namespace wheelfix::zip
