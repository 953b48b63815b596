#include "binary/macho_edit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "binary/checked_bytes.hpp"
#include "binary/macho_commands.hpp"
#include "binary/macho_format.hpp"
#include "binary/macho_link_edit.hpp"
#include "binary/macho_signature.hpp"
#include "binary/read_binary.hpp"
#include "binary/read_macho.hpp"

namespace wheelfix::macho {
namespace {

constexpr std::size_t count_at = 16, size_at = 20;  // in the header
constexpr std::uint32_t lc_segment = 1, lc_segment_64 = 0x19;
constexpr std::uint32_t section_type = 0xFF, zero_fill = 1, large_zero_fill = 0xC, thread_zero_fill = 0x12;
constexpr std::size_t rpath_name_at = 12, dylib_name_at = 24;
constexpr std::uint64_t largest_signature = 64 << 20, most_room = 1 << 20;

/// A load command as it is to be written.
struct NewCommand {
  std::uint32_t type = 0;
  std::string bytes;
};

/// The runs in which a text differs from an old one of the same size.
void add_differences(std::string_view before, std::string_view after, std::uint64_t offset,
                     std::vector<ByteEdit>& edits) {
  for (std::size_t at = 0; at < before.size();) {
    if (before[at] == after[at]) {
      ++at;
      continue;
    }
    auto end = at + 1;
    while (end < before.size() && before[end] != after[end]) ++end;
    edits.push_back({offset + at, std::string(after.substr(at, end - at))});
    at = end;
  }
}

class SliceEditor {
 public:
  SliceEditor(const CheckedBytes& slice, const LibraryEdit& edit)
      : slice_(slice), edit_(edit), header_(read_thin_header(slice)) {}

  /// Edits of the slice, by offsets in it.
  std::vector<ByteEdit> run() {
    read();
    if (edit_.needed) set_needed(*edit_.needed);
    if (edit_.soname) set_install_name(*edit_.soname);
    if (edit_.search_path) set_rpaths(*edit_.search_path);
    std::vector<ByteEdit> edits;
    const auto before = slice_.bytes(0, room_end_, "the load commands");
    const auto after = header(before);
    add_differences(before, after, 0, edits);
    if (!edits.empty() && signature_.size > 0) renew_signature(edits);
    return edits;
  }

 private:
  void read() {
    for_each_command(slice_, header_, [this](const LoadCommand& command) {
      commands_.push_back({command.type, std::string(command.fields.bytes())});
      note_places(command);
    });
    old_end_ = header_.size() + header_.commands_size;
    if (room_end_ == std::numeric_limits<std::uint64_t>::max() || room_end_ < old_end_)
      throw Error(ErrorCode::cannot_edit, slice_.subject(), "has no section after its load commands");
    room_end_ = std::min(room_end_, old_end_ + most_room);
  }

  /// Where the first content begins, up to which there is room, and where the signature is.
  void note_places(const LoadCommand& command) {
    const auto& fields = command.fields;
    if (command.type == lc_code_signature) signature_ = {fields.u32(8), fields.u32(12)};
    const bool is_wide = command.type == lc_segment_64;
    if (!is_wide && command.type != lc_segment) return;
    const auto offset = is_wide ? fields.u64(40) : fields.u32(32);
    const auto size = is_wide ? fields.u64(48) : fields.u32(36);
    if (offset > 0 && size > 0) room_end_ = std::min(room_end_, offset);
    const std::size_t first = is_wide ? 72 : 56, each = is_wide ? 80 : 68;
    for (std::uint32_t i = 0; i < fields.u32(is_wide ? 64 : 48); ++i) {
      const auto at = first + i * each;
      const auto type = fields.u32(at + (is_wide ? 64 : 56)) & section_type;
      const std::uint64_t place = fields.u32(at + (is_wide ? 48 : 40));
      const bool has_content = type != zero_fill && type != large_zero_fill && type != thread_zero_fill;
      if (place > 0 && has_content) room_end_ = std::min(room_end_, place);
    }
  }

  void put_u32(std::string& bytes, std::size_t at, std::uint64_t value) const {
    for (std::size_t i = 0; i < 4; ++i) {
      const auto shift = 8 * (header_.big_endian ? 3 - i : i);
      bytes.at(at + i) = static_cast<char>(value >> shift & 0xFF);
    }
  }

  std::string name_of(const NewCommand& command) const {
    const auto at = Fields(command.bytes, header_.big_endian).u32(8);
    return command.bytes.substr(at, command.bytes.find('\0', at) - at);
  }

  /// The same command with another name, which is its last part.
  NewCommand renamed(const NewCommand& command, const std::string& name) const {
    if (name_of(command) == name) return command;
    const std::size_t alignment = header_.is_64 ? 8 : 4;
    auto bytes = command.bytes.substr(0, Fields(command.bytes, header_.big_endian).u32(8)) + name + '\0';
    bytes.resize((bytes.size() + alignment - 1) / alignment * alignment, '\0');
    put_u32(bytes, 4, bytes.size());
    return {command.type, std::move(bytes)};
  }

  /// A command that names something, with zeros between the name's place and the name.
  NewCommand made(std::uint32_t type, std::size_t name_at, const std::string& name) const {
    std::string bytes(name_at + 1, '\0');
    put_u32(bytes, 0, type);
    put_u32(bytes, 8, name_at);
    return renamed({type, std::move(bytes)}, name);
  }

  void set_needed(const std::vector<std::string>& names) {
    std::size_t next = 0, after = 0;
    for (std::size_t i = 0; i < commands_.size(); ++i) {
      if (!needed_kind(commands_[i].type)) continue;
      if (next == names.size()) refuse_removal();
      commands_[i] = renamed(commands_[i], names[next++]);
      after = i + 1;
    }
    for (; next < names.size(); ++next)
      commands_.insert(commands_.begin() + static_cast<std::ptrdiff_t>(after++),
                       made(lc_load_dylib, dylib_name_at, names[next]));
  }

  [[noreturn]] void refuse_removal() const {
    throw Error(ErrorCode::cannot_edit, slice_.subject(),
                "what a Mach-O file needs can't be removed: its symbols name libraries by their number",
                "replace it instead");
  }

  void set_install_name(const std::string& name) {
    const auto id = std::ranges::find(commands_, lc_id_dylib, &NewCommand::type);
    if (id == commands_.end())
      throw Error(ErrorCode::cannot_edit, slice_.subject(), "isn't a dylib, so it has no install name");
    *id = renamed(*id, name);
  }

  /// In the place of the first; those that stay are unchanged.
  void set_rpaths(const std::vector<std::string>& paths) {
    const auto first = std::ranges::find(commands_, lc_rpath, &NewCommand::type) - commands_.begin();
    std::vector<NewCommand> old;
    std::erase_if(commands_, [&](NewCommand& command) {
      const bool goes = command.type == lc_rpath;
      if (goes) old.push_back(command);
      return goes;
    });
    std::vector<NewCommand> all;
    for (const auto& path : paths) {
      const auto same =
          std::ranges::find_if(old, [&](const NewCommand& one) { return name_of(one) == path; });
      all.push_back(same != old.end() ? *same : made(lc_rpath, rpath_name_at, path));
    }
    commands_.insert(commands_.begin() + first, all.begin(), all.end());
  }

  /// The header, the load commands and what follows them up to the first content.
  std::string header(std::string_view before) const {
    std::string text(before.substr(0, header_.size()));
    for (const auto& command : commands_) text += command.bytes;
    put_u32(text, count_at, commands_.size());
    put_u32(text, size_at, text.size() - header_.size());
    const auto free = room_end_ - old_end_;
    if (text.size() > room_end_)
      throw Error(
          ErrorCode::cannot_edit, slice_.subject(),
          fmt::format("has no room for the names: {} are missing, and {} are free after the load commands",
                      counted(text.size() - room_end_, "byte"), free),
          "choose shorter names, or ask for a library that is linked with -headerpad_max_install_names");
    const auto used = before.substr(old_end_, text.size() > old_end_ ? text.size() - old_end_ : 0);
    if (used.find_first_not_of('\0') != std::string_view::npos)
      throw Error(ErrorCode::cannot_edit, slice_.subject(), "has something else after its load commands");
    const auto kept = std::max<std::size_t>(text.size(), old_end_);
    text.resize(kept, '\0');
    return text + std::string(before.substr(kept));
  }

  void renew_signature(std::vector<ByteEdit>& edits) const {
    if (signature_.size > largest_signature) slice_.refuse("its code signature is larger than any");
    const auto before = slice_.bytes(signature_.offset, signature_.size, "the code signature");
    const ContentEdits so_far{edits, {}};
    const auto read = [&](std::uint64_t offset, std::uint64_t count) {
      auto bytes = slice_.bytes(offset, count, "a page of the code signature");
      overwrite_piece(so_far, offset, bytes);
      return bytes;
    };
    const auto after = renewed_signature(before, room_end_, read, slice_.subject());
    add_differences(before, after, signature_.offset, edits);
  }

  const CheckedBytes& slice_;
  const LibraryEdit& edit_;
  ThinHeader header_;
  std::vector<NewCommand> commands_;
  std::uint64_t old_end_ = 0, room_end_ = std::numeric_limits<std::uint64_t>::max();
  Place signature_;
};

BinaryInfo expected(BinaryInfo info, const LibraryEdit& edit) {
  if (edit.search_path) info.rpath = *edit.search_path;
  if (edit.soname) info.soname = edit.soname;
  if (edit.needed) {
    info.needed = *edit.needed;
    info.needed_kinds.resize(info.needed.size(), NeededKind::load);
  }
  return info;
}

void require_as_asked(const BinaryInfo& before, const BinaryInfo& after,
                      const std::vector<LibraryEdit>& edits, const std::string& subject) {
  const auto old = parts_of(before), now = parts_of(after);
  for (std::size_t i = 0; i < old.size(); ++i)
    if (i >= now.size() || now[i] != expected(old[i], edits.at(i)))
      throw Error(ErrorCode::cannot_edit, subject, "the edited library isn't what it should be",
                  "please report this");
}

}  // namespace

ContentEdits plan_edit(ByteSource& source, const std::vector<LibraryEdit>& edits,
                       const std::string& subject) {
  const auto before = read_macho(source, subject);
  const auto slices = slices_of(CheckedBytes(source, subject));
  const auto parts = parts_of(before);
  ContentEdits plan;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (edits.at(i).empty() || !parts[i].is_dynamic) continue;
    for (auto& one : SliceEditor(slices.at(i), edits[i]).run())
      plan.overwrites.push_back({slices[i].in_file(one.offset), std::move(one.bytes)});
  }
  plan.overwrites = in_order(plan.overwrites);
  EditedBytes edited(source, plan);
  require_as_asked(before, read_macho(edited, subject), edits, subject);
  return plan;
}

}  // namespace wheelfix::macho
