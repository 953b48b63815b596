#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/byte_edit.hpp>
#include <wheelfix/progress.hpp>
#include <wheelfix/version.hpp>
#include <wheelfix/wheel.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What was done to an entry. `header`: it is written again, because some readers refuse the published one.
/// `tags`: WHEEL says the tags that the file's name got. `metadata`: METADATA has other headers.
enum class How {
  patched,
  added,
  removed,
  renamed,
  rpath,
  needed,
  soname,
  stub,
  record,
  header,
  tags,
  metadata,
};

std::string_view to_string(How how) noexcept;
/// The one of that name; nothing for another name.
std::optional<How> how_from(std::string_view name) noexcept;

/// One difference of a written wheel from its source. An entry may have several.
struct Change {
  std::string path;  ///< in the new wheel; in the source for a removed entry
  How how = How::patched;

  bool operator==(const Change&) const = default;
};

/// Changes to a wheel: an overlay of paths. Nothing is written before `write`. Paths are those of the source:
/// another version renames dist-info and .data only when the wheel is written.
class WheelEdit {
 public:
  /// An entry of the overlay. Without content, byte edits or mode it is a source entry under another name.
  struct Item {
    std::optional<std::size_t>
        source;  ///< the place in wheel().entries() whose header, and data if there is no content, it keeps
    /// New content, which copies of the edit share, because it may be a large library; null if there is none.
    std::shared_ptr<const std::string> content;
    ContentEdits byte_edits;       ///< of the source's content, if there is no new content
    std::optional<unsigned> mode;  ///< new permission bits
    std::set<How> how;
  };
  /// By path; nothing for an entry that was removed or renamed.
  using Overlay = std::map<std::string, std::optional<Item>, std::less<>>;

  explicit WheelEdit(Wheel wheel) : wheel_(std::move(wheel)) {}

  const Wheel& wheel() const { return wheel_; }
  const Overlay& overlay() const { return overlay_; }

  bool contains(std::string_view path) const;
  /// An entry's content as edited. Throws as Wheel::read.
  std::string read(std::string_view path) const;
  /// Permission bits as edited, 0 if the archive has none.
  unsigned mode(std::string_view path) const;
  /// The paths as edited, in order of name, without folders.
  std::vector<std::string> paths() const;

  /// Gives an entry new content, and adds the entry if it isn't there. `how` is what the change is called, if
  /// it is more than added or patched. Neither RECORD, which is made when the wheel is written, nor a
  /// signature of it can be set. Throws Error{usage}.
  void set_content(std::string path, std::string content, std::optional<How> how = {});
  /// Changes an entry's content in places, without holding it: `edits` are of the content as edited so far.
  /// Throws Error{usage}.
  void edit_bytes(std::string_view path, const ContentEdits& edits,
                  const std::set<How>& how = {How::patched});
  void set_mode(std::string_view path, unsigned mode);
  void remove(std::string_view path);
  /// Throws Error{usage} if `to` exists.
  void rename(std::string_view from, std::string to);

  /// Writes the wheel under a local version (see with_local_label). Throws Error{bad_label}.
  void set_local_label(std::string_view label, LocalLabel how = LocalLabel::extend);
  /// Writes the wheel under its version without a local label, in the spelling that it has.
  void strip_local_label();
  /// Writes the wheel under another version, in its normal form, which is that of file names.
  void set_version(const Version& version);
  /// The new version, as the file's name spells it; nothing if the version stays.
  const std::optional<std::string>& version_text() const { return version_text_; }
  /// Writes the wheel under other tags, and has WHEEL say them: a Tag for each, and Build. WHEEL's
  /// Root-Is-Purelib becomes what `is_purelib` says; without it, false for a wheel that isn't for any
  /// platform any more. All else in WHEEL stays. Throws as WheelName::with_tags.
  void set_tags(NameTags tags, std::optional<bool> is_purelib = {});

  /// The name of the file that `write` makes.
  WheelName output_name() const;
  /// The version text of METADATA or of a folder's name under the new version; the same text without one.
  std::string relabelled(std::string_view version_text) const;

 private:
  Item item(std::string_view path) const;
  void require_entry(std::string_view path) const;
  void refuse_record(std::string_view path) const;

  Wheel wheel_;
  Overlay overlay_;
  enum class Relabelling { extend, replace, strip, whole };

  std::string label_;
  Relabelling relabelling_ = Relabelling::extend;
  std::optional<std::string> version_text_;
  std::optional<NameTags> tags_;
};

struct WriteResult {
  std::filesystem::path output;
  std::vector<Change> changed;  ///< in the order of the new archive, removed entries last
  std::vector<Finding> notes;   ///< what was done beyond the edit: signatures dropped, RECORD corrected;
                                ///< 10,000 of a kind at most, the last of which counts the others
  std::string sha256;           ///< of the new wheel, in hexadecimal; empty if it isn't requested or written
};

/// A text file about new wheels. `text` is called once they are written and read back, and not on a dry run;
/// if it returns nothing, the file isn't written.
struct Companion {
  std::filesystem::path path;
  std::function<std::optional<std::string>(const std::vector<WriteResult>&)> text;
};

/// How far partly edited entries are read back, besides by our own reader, which always does.
enum class Verification {
  automatic,  ///< libraries by LIEF up to 32 MB; streams by zlib around each new block
  always,     ///< by LIEF, which takes 3 times the library's size of memory; all of each stream by ISA-L too
  never,      ///< by neither
};

struct WriteOptions {
  std::filesystem::path dest_dir = ".";  ///< created if missing
  std::optional<int> level = {};         ///< libdeflate's, 0 to 12, for new content; usually 6, and 1 for a
                                         ///< RECORD of over 512 KiB
  unsigned jobs = 0;  ///< threads; 0: one for each processor. The bytes written don't depend on it
  /// Go on if RECORD contradicts the entries, with stale rows dropped and wrong ones corrected, and if
  /// `verify` finds errors in the new wheel that the source doesn't have.
  bool force = false;
  bool overwrite = false;  ///< replace an existing output; never the source
  bool sync = false;       ///< fsync file and folder
  Verification verification = Verification::automatic;
  bool dry_run = false;  ///< check and report all, write nothing
  bool hash = false;     ///< compute WriteResult::sha256
  /// Bytes by whose multiples large unchanged parts are moved, so that a file system can share their blocks;
  /// 0: by any number.
  std::uint64_t alignment = 0;
  /// Files that are written with the wheels. One that exists is replaced only if `overwrite` says so, and
  /// none may have the name of a wheel. Their folders are created if missing.
  std::vector<Companion> companions = {};
  std::optional<std::int64_t> source_date_epoch =
      {};  ///< seconds since 1970 for new entries; else the newest time in the wheel
  ProgressCallback progress = {};
  /// A check of the caller's, called once for each wheel while it waits for other work, before any wheel gets
  /// its name. What it throws, `write` throws, and nothing is written.
  std::function<void()> check = {};
};

/// Writes the edited wheel to `options.dest_dir` under output_name(), whole or not at all: unchanged entries
/// bit for bit, new content deflated, dist-info last, RECORD brought up to date and last of all. The result
/// is opened again, both readers' checks run, and new content read back before it gets its name. If it
/// fails, a `dest_dir` that it made goes again. The same edit gives the same bytes. Throws
/// Error{output_exists}, Error{bad_wheel} if RECORD is at odds with the entries (see force), Error{io},
/// also for a source that was written to or replaced since it was opened, Error{cancelled}.
WriteResult write(const WheelEdit& edit, const WriteOptions& options = {});

/// Throws Error{output_exists} as `write_all` does, before anything is planned or read: for a wheel or
/// companion that exists and isn't to be replaced, that is a source, or that would be written twice.
void require_free_outputs(const std::vector<const WheelEdit*>& edits, const WriteOptions& options);

/// Called with the wheels when all have their names, or would have on a dry run. If it throws, they are
/// removed, so that no wheel is left that could not be announced.
using Announcement = std::function<void(const std::vector<WriteResult>&)>;

/// Writes wheels and their companions as `write` does, all or none: none gets its name before all are written
/// and read back. If a name can't be given at that point, or `announce` fails, those that were given are
/// taken back, and what they replaced is there again. Killed in between, each is the old or the new one.
/// Throws as `write`, and Error{output_exists} for two outputs of one name.
std::vector<WriteResult> write_all(const std::vector<const WheelEdit*>& edits,
                                   const WriteOptions& options = {}, const Announcement& announce = {});

}  // namespace wheelfix
#pragma GCC visibility pop
