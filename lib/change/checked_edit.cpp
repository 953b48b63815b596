#include "change/checked_edit.hpp"

#include <fmt/format.h>

#include <wheelfix/error.hpp>

#include "base/byte_edit.hpp"
#include "binary/elf_edit.hpp"
#include "binary/elf_wanted.hpp"
#include "binary/macho_edit.hpp"
#include "binary/read_macho.hpp"
#include "library/entry_source.hpp"

namespace wheelfix {
namespace {

// LIEF's memory is 3 times the library: beyond this it is used only with --verify always.
constexpr std::uint64_t max_checked_unasked = 32 << 20;

class CheckedPlanner {
 public:
  CheckedPlanner(const LibraryEntry& library, const std::vector<LibraryEdit>& edits,
                 const SecondReader& reader, Verification verification)
      : library_(library), edits_(edits), reader_(reader), verification_(verification) {}

  CheckedEdit run() {
    auto planned = library_.info.format == BinaryFormat::macho ? macho_edit() : elf_edit();
    if (is_to_be_checked(planned)) planned.finding = check(planned);
    return planned;
  }

 private:
  std::string subject() const {
    return fmt::format("{}: {}", library_.edit.wheel().path().string(), printable(library_.path));
  }

  CheckedEdit macho_edit() const {
    CheckedEdit planned;
    planned.edits = macho::plan_edit(library_.source, edits_, subject());
    EditedBytes edited(library_.source, planned.edits);
    planned.after = macho::read_macho(edited, subject());
    return planned;
  }

  CheckedEdit elf_edit() const {
    CheckedEdit planned;
    planned.after = elf::expected_info(library_.info, edits_.front());
    try {
      planned.edits = elf::plan_edit(library_.source, edits_.front(), subject()).edits;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::cannot_edit || library_.source.size() > SecondReader::max_written) throw;
      planned.content = written_by_lief(error, planned.after);
    }
    return planned;
  }

  /// If the library has no room: LIEF lays it out again.
  std::string written_by_lief(const Error& error, const BinaryInfo& expected) const {
    auto written = reader_.write(library_.source.read(0, library_.source.size()), expected);
    if (const auto* failure = std::get_if<SecondReaderFailure>(&written)) {
      throw Error(ErrorCode::cannot_edit, error.subject(),
                  fmt::format("{}; LIEF, which could lay it out again, {}", error.message(), failure->text),
                  error.hint());
    }
    auto& content = std::get<std::string>(written);
    if (read_binary(content, error.subject()) != expected)
      throw Error(ErrorCode::cannot_edit, error.subject(),
                  error.message() + "; what LIEF made of it is something else", error.hint());
    return std::move(content);
  }

  bool is_to_be_checked(const CheckedEdit& planned) const {
    if (planned.content || verification_ == Verification::never) return false;
    return verification_ == Verification::always || library_.source.size() <= max_checked_unasked;
  }

  std::optional<Finding> check(const CheckedEdit& planned) const {
    const auto opinion = reader_.opinion(planned.after, [&](const PieceSink& sink) {
      stream_entry_edited(library_.edit, library_.path, planned.edits, sink);
    });
    switch (opinion.outcome) {
      case SecondOpinion::Outcome::agrees:
        return std::nullopt;
      case SecondOpinion::Outcome::disagrees:
        throw Error(ErrorCode::cannot_edit, subject(),
                    "the edited library is not what it should be: " + opinion.text,
                    "please report this; --verify never skips LIEF's check");
      case SecondOpinion::Outcome::absent:
        return finding(FindingCode::second_reader_absent, Severity::note, opinion.text);
      case SecondOpinion::Outcome::died:
        return finding(FindingCode::second_reader_died, Severity::warning, opinion.text);
    }
    return std::nullopt;
  }

  Finding finding(FindingCode code, Severity severity, const std::string& text) const {
    return {.code = code,
            .severity = severity,
            .wheel = library_.edit.wheel().path().string(),
            .path = library_.path,
            .message = "only wheelfix has checked the edited library: " + text};
  }

  const LibraryEntry& library_;
  const std::vector<LibraryEdit>& edits_;
  const SecondReader& reader_;
  Verification verification_;
};

}  // namespace

CheckedEdit plan_checked_edit(const LibraryEntry& library, const std::vector<LibraryEdit>& edits,
                              const SecondReader& reader, Verification verification) {
  return CheckedPlanner(library, edits, reader, verification).run();
}

}  // namespace wheelfix
