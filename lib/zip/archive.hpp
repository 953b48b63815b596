#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>
#include <wheelfix/finding.hpp>
#include <wheelfix/limits.hpp>

#include "base/file.hpp"
#include "deflate/inflate.hpp"
#include "zip/entry.hpp"
#include "zip/second_opinion.hpp"

namespace wheelfix::zip {

/// An opened ZIP archive: its central directory, what its local headers say, and what is wrong with its
/// structure. Immutable; reading is safe from many threads.
///
/// Two readers look at it. Ours knows where each entry's bytes are, which libzip doesn't say, and names the
/// entry at fault; libzip's consistency check (ZIP_CHECKCONS) must accept it too, and see the same entries in
/// the same places. All content is read from where our reader says that it is. Rejected: only libzip (it says
/// "inconsistent" without saying where), only our reader (a second opinion is worth 14 ms for torch's 10,605
/// entries, on a thread of its own).
class Archive {
 public:
  /// What libzip checks, and whether `open` waits for it; else `refusal` does.
  struct SecondReader {
    LibzipCheck check = LibzipCheck::consistency;
    bool is_awaited = true;
  };

  /// Work on an archive while libzip still reads it: what it finds out counts only if the archive that `open`
  /// returns has no error.
  using Meanwhile = std::function<void(const Archive&)>;

  /// Throws Error{bad_archive} if there is no usable central directory, Error{limit_exceeded}, Error{io}.
  /// Everything else that is wrong is in findings(); what makes an archive unsafe to use has severity error.
  /// `meanwhile` is called if our own reader finds no error.
  static Archive open(const std::filesystem::path& path, const Limits& limits,
                      const Meanwhile& meanwhile = {});
  /// The same for a file that is open already; it is named `file.path()` in errors.
  static Archive open(File file, const Limits& limits, const Meanwhile& meanwhile = {});
  static Archive open(File file, const Limits& limits, const Meanwhile& meanwhile, SecondReader second);

  /// What libzip says against an archive that was opened without waiting for it; waits for it now. Throws
  /// Error{io}.
  std::optional<Finding> refusal() const;

  const File& file() const;
  const std::vector<Entry>& entries() const;
  const std::string& comment() const;
  /// Findings of structure: names, local against central headers, overlaps, gaps, methods, limits, libzip's
  /// own opinion.
  const std::vector<Finding>& findings() const;
  /// Moves them out, because there may be hundreds of thousands: this archive and its copies have none then.
  /// No other thread may call findings() meanwhile.
  std::vector<Finding> take_findings();
  /// Paths of entries with errors, including errors that are only counted: their content can't be trusted.
  const std::unordered_set<std::string>& faulty_paths() const;

  /// Whether libzip accepts the archive as we read it, so that read() works; otherwise a finding of severity
  /// error says why.
  bool can_read() const;
  /// An entry's whole content, size and CRC-32 checked. Throws Error{bad_archive, `file: entry`}.
  std::string read(const Entry& entry) const;

  /// Streams an entry's content through `sink` in pieces of up to 256 KiB, by ISA-L, and checks size and
  /// CRC-32 at the end. Throws Error{bad_archive, `file: entry`}.
  void stream(const Entry& entry, Inflater& inflater, const Inflater::Sink& sink) const;

  /// A copy of an entry with its local header's extra fields, for writing it under a new header.
  Entry with_local_extra(const Entry& entry) const;

  /// `file: entry`, for errors.
  std::string subject(const Entry& entry) const;

 private:
  struct State;
  explicit Archive(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace wheelfix::zip
