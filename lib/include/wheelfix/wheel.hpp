#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/finding.hpp>
#include <wheelfix/limits.hpp>
#include <wheelfix/metadata.hpp>
#include <wheelfix/record.hpp>
#include <wheelfix/wheel_name.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What a wheel's archive holds under one path. Folders that have an entry of their own end in `/`.
struct WheelEntry {
  std::string path;  ///< UTF-8, `/` between components
  std::uint64_t size = 0;
  std::uint64_t compressed_size = 0;
  unsigned mode = 0;  ///< st_mode, 0 if the archive has none (made on Windows)
  std::uint32_t crc32 = 0;
};

/// A distribution as it is in a folder of sys.path. `wheelfix doctor` finds them; Wheel::installed takes one.
struct InstalledDistribution {
  std::filesystem::path folder;  ///< of sys.path, on this machine
  std::string place;             ///< the same in the system that it is part of: differs below a sysroot
  WheelName name;                ///< with the tags of its WHEEL, or those that its modules' names suggest
  std::string dist_info = {};    ///< the name of its .dist-info or .egg-info, or empty
  HeaderDocument metadata = {};
  HeaderDocument wheel_file = {};
  Record record = {};
  /// Paths relative to the folder, which may begin with `../`, with sizes and modes; nothing of folders.
  std::vector<WheelEntry> files = {};
};

/// When libzip's opinion of an archive that our own reader finds sound is waited for: before a wheel that is
/// opened is returned, or by its require_unchanged.
enum class Confirmation { at_once, later };

/// A wheel on disk, opened once and never changed, or what is installed of one. Copies share what they read;
/// every method is safe from many threads. Source: packaging.python.org, "Binary distribution format".
class Wheel {
 public:
  /// Opens a wheel and checks that it is one that can be rewritten: a sound archive (both our reader and
  /// libzip's consistency check), safe names, one dist-info with METADATA, WHEEL and RECORD that parse, and a
  /// name and version that agree with the file's name. Throws Error{bad_archive | bad_wheel | limit_exceeded
  /// | io} for the first fault; `verify` lists them all.
  static Wheel open(const std::filesystem::path& path, const Limits& limits = {},
                    Confirmation confirmation = Confirmation::at_once);
  /// What is installed, in place of the wheel that it came from. It can be examined like a wheel, and its
  /// path() is the folder of sys.path; `write` refuses it.
  static Wheel installed(InstalledDistribution distribution);

  /// Null for a wheel.
  const InstalledDistribution* installation() const;
  const std::filesystem::path& path() const;
  const WheelName& name() const;
  const std::string& dist_info() const;                ///< the folder, `torch-2.1.0.dist-info`
  const std::optional<std::string>& data_dir() const;  ///< the folder, `torch-2.1.0.data`, if there is one
  /// The same if there is none yet: the name that a .data folder must have.
  std::string data_dir_name() const;
  const HeaderDocument& metadata() const;
  const HeaderDocument& wheel_file() const;  ///< dist-info's WHEEL
  const Record& record() const;
  const std::vector<WheelEntry>& entries() const;  ///< in the archive's order
  /// What is odd, but does not stop a rewrite: symlink entries, bytes between entries.
  const std::vector<Finding>& warnings() const;

  /// The entry's place in entries(), or nothing.
  std::optional<std::size_t> find(std::string_view path) const;
  /// The entry's content, of a wheel with its CRC-32 checked. Throws Error{bad_archive} for damage,
  /// Error{bad_wheel} if there is no such entry, and Error{io}.
  std::string read(std::string_view path) const;

  /// Throws Error{io} if the file was written to since it was opened, by size and time, or its path now leads
  /// to another file or nowhere: what was read may not be from one version of it. Throws Error{bad_archive}
  /// if libzip, which was not waited for, refuses the archive. All that writes wheels calls it first.
  void require_unchanged() const;

 private:
  friend struct WheelAccess;
  struct [[gnu::visibility("hidden")]] State;
  explicit Wheel(std::shared_ptr<State> state);
  std::shared_ptr<const State> state_;
};

}  // namespace wheelfix
#pragma GCC visibility pop
