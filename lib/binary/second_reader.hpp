#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>
#include <wheelfix/binary.hpp>

#include "base/byte_source.hpp"
#include "binary/helper_process.hpp"

namespace wheelfix {

/// What the process that reads a library may use. It grows with the library: LIEF 0.9 takes up to 3 times its
/// bytes of memory, and a second for 90 MB.
struct SecondReaderLimits {
  std::uint64_t memory = std::uint64_t{256} << 20;  ///< bytes of address space
  std::uint64_t memory_per_byte = 4;                ///< more of them, for each byte of the library
  std::chrono::seconds cpu_time{10};
  std::uint64_t bytes_per_second = 16 << 20;  ///< of the library, for one more second of CPU time
  unsigned cpu_time_to_write = 6;  ///< times that for a rewrite: 3 MB with 20,000 functions take 16 s
  unsigned time_per_cpu_time = 8;  ///< wall-clock time, for a busy machine
};

/// Why there is no second reading. A value, because a library's content must not stop the caller.
struct SecondReaderFailure {
  enum class Kind {
    absent,      ///< there is no helper, or no process can be started
    died,        ///< it crashed, was killed for exceeding its limits, or its answer was invalid
    unreadable,  ///< it says that it can't read or write the library
  };

  Kind kind = Kind::absent;
  std::string text;  ///< after the reader's name: `died of SIGSEGV`

  bool operator==(const SecondReaderFailure&) const = default;
};

/// LIEF in a process of its own: the helper program wheelfix-lief, given a library's bytes and limits on
/// address space, CPU and time. Safe on several threads at once; each call starts a process.
class SecondReader {
 public:
  /// The helper is `program`; else the one in the folder $WHEELFIX_LIBEXEC; else the one that was built or
  /// installed with the running program or with this library. One that was named but doesn't exist is absent,
  /// and not looked for elsewhere.
  static SecondReader find(const std::optional<std::filesystem::path>& program = std::nullopt,
                           const SecondReaderLimits& limits = {});

  /// Why there is no helper; nothing if there is one.
  const std::optional<std::string>& absence() const { return absence_; }

  /// One reading; one for each slice of a Mach-O file. `library` is called at most once; what it throws is
  /// passed on.
  std::variant<std::vector<BinaryInfo>, SecondReaderFailure> read(const PieceSource& library) const;

  /// Reads the library with LIEF, and compares that with our reading, slice by slice.
  SecondOpinion opinion(const BinaryInfo& ours, const PieceSource& library) const;

  /// The writer of last resort: an ELF library rewritten by LIEF so that its soname, needed, rpath and
  /// runpath are those of `wanted`. The caller must check the result. The time of LIEF's builder grows with
  /// the square of the size: at most max_written bytes are accepted.
  std::variant<std::string, SecondReaderFailure> write(std::string_view library,
                                                       const BinaryInfo& wanted) const;

  static constexpr std::uint64_t max_written = 4 << 20;

 private:
  SecondReader(std::filesystem::path program, std::optional<std::string> absence, SecondReaderLimits limits)
      : program_(std::move(program)), absence_(std::move(absence)), limits_(limits) {}

  std::filesystem::path program_;
  std::optional<std::string> absence_;
  SecondReaderLimits limits_;
};

/// The content as one piece, or in pieces of at most 1 MiB. It must outlive the source.
PieceSource piece(std::string_view content);
PieceSource pieces(ByteSource& content);

/// The fields in which two readings of a file without slices differ, each as `soname: libx.so against
/// liby.so`. Without what LIEF 0.9 can't read: delay imports and signatures of PE, minimum systems.
std::vector<std::string> differences(const BinaryInfo& ours, const BinaryInfo& theirs);

}  // namespace wheelfix
