#include "zip/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
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
  Directory directory = {};
  std::vector<Finding> findings = {};
  std::unordered_set<std::string> faulty_paths = {};
  bool libzip_agrees = false;  ///< else a finding says why
  bool is_answered = false;    ///< libzip's opinion is in the findings
  /// It has the one sound form that libzip's check refuses: our reader has made the comparisons instead.
  bool is_excused = false;
  std::shared_future<SecondOpinion> asked = {};  ///< last, because its thread reads the others

  void ask(LibzipCheck check) {
    asked = in_background(directory.entries.size() > entries_worth_a_thread, [this, check] {
              return second_opinion(file, directory.entries, check);
            }).share();
  }

  SecondOpinion answer() const {
    auto opinion = asked.get();
    if (!opinion.agrees && is_excused) return second_opinion(file, directory.entries, LibzipCheck::directory);
    return opinion;
  }

  static constexpr std::size_t entries_worth_a_thread = 500;
};

namespace {

void add_refusal(const SecondOpinion& libzip, FindingSink& findings) {
  findings.error(FindingCode::inconsistent_archive, {},
                 "libzip refuses the archive, without saying which entry: " + libzip.refusal,
                 "download the wheel again and compare its hash");
}

}  // namespace

Archive Archive::open(const std::filesystem::path& path, const Limits& limits, const Meanwhile& meanwhile) {
  return open(File::open(path), limits, meanwhile);
}

Archive Archive::open(File opened, const Limits& limits, const Meanwhile& meanwhile) {
  return open(std::move(opened), limits, meanwhile, {});
}

Archive Archive::open(File opened, const Limits& limits, const Meanwhile& meanwhile, SecondReader second) {
  Archive archive(std::make_shared<State>(State{.file = std::move(opened)}));
  auto& state = *archive.state_;
  auto& directory = state.directory;
  directory = read_directory(archive.file(), limits);
  state.ask(second.check);
  auto in_headers = read_local_headers(archive.file(), directory, limits);
  state.is_excused = directory.has_partly_deferred && !in_headers.has_error();
  FindingSink list(archive.file().path().string(), limits.max_alike);
  const auto add_findings = [&] {
    list.add(audit(directory, limits));
    list.add(std::move(in_headers));
    state.libzip_agrees = !list.has_error();  // until it is known
  };
  const bool has_old_names = std::ranges::any_of(directory.entries, has_unconverted_name);
  if (!has_old_names) {
    add_findings();
    if (meanwhile && state.libzip_agrees) meanwhile(archive);
  }
  if (has_old_names || !state.libzip_agrees || second.is_awaited) {
    auto libzip = state.answer();
    state.is_answered = true;
    if (has_old_names) {
      for (auto& [index, name] : libzip.converted_names) {
        auto& entry = directory.entries[index];
        entry.encoded_name = std::exchange(entry.path, std::move(name));
      }
      add_findings();
      if (meanwhile && libzip.agrees && state.libzip_agrees) meanwhile(archive);
    }
    state.libzip_agrees = libzip.agrees;
    if (!libzip.agrees && !list.has_error()) add_refusal(libzip, list);
  }
  state.findings = list.take();
  state.faulty_paths = std::move(list).error_paths();
  return archive;
}

std::optional<Finding> Archive::refusal() const {
  if (state_->is_answered) return std::nullopt;
  const auto libzip = state_->answer();
  if (libzip.agrees) return std::nullopt;
  FindingSink list(file().path().string());
  add_refusal(libzip, list);
  return list.take().front();
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
  const auto extra_offset = entry.header_offset + local_header_size + entry.raw_name().size();
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
