#include "delta/delta_steps.hpp"

#include <fmt/format.h>

#include <utility>
#include <wheelfix/error.hpp>

#include "base/atomic_file.hpp"
#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/packed.hpp"
#include "deflate/compress.hpp"
#include "deflate/inflate.hpp"
#include "zip/format.hpp"

namespace wheelfix {

template <>
constexpr auto last_value<DeltaStep::Kind> = DeltaStep::Kind::deflated;

template <>
constexpr auto packed_fields<MatchedRun> = [](auto& io, auto& run) {
  auto& [bytes, offset, size] = run;
  io(bytes, offset, size);
};

template <>
constexpr auto packed_fields<DeltaStep> = [](auto& io, auto& step) {
  auto& [kind, offset, size, shift, stream_size, level, bytes, runs] = step;
  io(kind, offset, size, shift, stream_size, level, bytes, runs);
};

template <>
constexpr auto packed_fields<Delta> = [](auto& io, auto& delta) {
  auto& [source_sha256, result_sha256, source_size, result_size, result_name, steps] = delta;
  io(source_sha256, result_sha256, source_size, result_size, result_name, steps);
};

namespace {

constexpr std::string_view first_words = "wheelfix delta ";
constexpr std::string_view first_line = "wheelfix delta 2\n";
constexpr std::uint64_t most_growth = 1 << 30;

[[noreturn]] void refuse(const std::string& subject, std::string message) {
  throw Error(ErrorCode::bad_archive, subject, std::move(message), "get the delta again, or make it again");
}

/// Without more memory than `size` says.
std::string inflate_all(std::string_view stream, std::uint64_t size, const std::string& subject) {
  std::string content;
  Inflater inflater;
  inflater.begin([rest = stream]() mutable { return std::exchange(rest, {}); }, subject);
  for (auto piece = inflater.next(); !piece.empty(); piece = inflater.next()) {
    if (piece.size() > size - content.size()) refuse(subject, "has more content than it says");
    content += piece;
  }
  if (content.size() != size || inflater.totals().consumed != stream.size())
    refuse(subject, "has other content than it says");
  return content;
}

bool is_within(std::uint64_t offset, std::uint64_t size, std::uint64_t whole) {
  return offset <= whole && size <= whole - offset;
}

/// Each step within the source, and all of them together as long as the result.
void check_steps(const Delta& delta, const std::string& subject) {
  std::uint64_t left = delta.result_size;
  for (const auto& step : delta.steps) {
    const bool is_literal = step.kind == DeltaStep::Kind::literal;
    const auto taken = step.kind == DeltaStep::Kind::deflated ? step.stream_size : step.size;
    if (is_literal ? step.size != step.bytes.size() : !is_within(step.offset, taken, delta.source_size))
      refuse(subject, "is damaged: a step is outside of the source");
    if (step.kind == DeltaStep::Kind::headers && step.size > most_delta_bytes)
      refuse(subject, "is damaged: a step has too many headers");
    if (step.level > max_compression_level) refuse(subject, "is damaged: a step has no compression level");
    if (step.size > left) refuse(subject, "is damaged: its steps make more than the result");
    left -= step.size;
  }
  if (left > 0) refuse(subject, "is damaged: its steps make less than the result");
}

std::string shifted_headers(std::string bytes, std::uint64_t shift, const std::string& subject) {
  constexpr std::size_t names_at = 28, offset_at = 42;
  for (std::size_t at = 0; at < bytes.size();) {
    ByteReader header(std::string_view(bytes).substr(at));
    if (header.take(4) != zip::central_header_signature)
      refuse(subject, "is for another source: no header where one should be");
    header.take(names_at - 4);
    const auto names = std::uint64_t{header.u16()} + header.u16() + header.u16();
    header.take(offset_at - names_at - 6);
    const auto offset = header.u32() + shift;
    if (offset >= zip::zip64_marker32)
      refuse(subject, "is for another source: an offset doesn't fit into its header");
    header.take(names);
    std::string changed;
    put<std::uint32_t>(changed, static_cast<std::uint32_t>(offset));
    bytes.replace(at + offset_at, changed.size(), changed);
    at += header.position();
  }
  return bytes;
}

}  // namespace

Delta Delta::parse(std::string_view bytes, const std::string& subject) {
  if (!bytes.starts_with(first_words)) refuse(subject, "isn't a delta of wheelfix");
  if (!bytes.starts_with(first_line))
    throw Error(ErrorCode::bad_archive, subject, "is a delta in a format that this wheelfix doesn't know",
                "use the wheelfix that made it, or a newer one");
  const auto content = unsealed(bytes);
  if (!content) refuse(subject, "is damaged: its bytes aren't those that were written");
  Delta delta;
  try {
    ByteReader reader(content->substr(first_line.size()));
    const auto size = reader.u64();
    if (size > most_delta_bytes)
      throw Error(ErrorCode::limit_exceeded, subject,
                  fmt::format("has more than {} bytes of content", most_delta_bytes));
    const auto body = inflate_all(reader.take(reader.remaining()), size, subject);
    Unpacker unpacker(body);
    unpacker(delta);
    if (!unpacker.is_at_end()) refuse(subject, "is damaged: there are bytes after its steps");
  } catch (const OutOfBytes&) {
    refuse(subject, "is damaged: it is cut short");
  }
  if (delta.result_size > delta.source_size && delta.result_size - delta.source_size > most_growth)
    throw Error(ErrorCode::limit_exceeded, subject,
                "makes a wheel that is over 1 GiB larger than its source");
  check_steps(delta, subject);
  return delta;
}

std::string Delta::to_bytes() const {
  Packer packer;
  packer(*this);
  if (packer.bytes().size() > most_delta_bytes)
    throw Error(ErrorCode::limit_exceeded, result_name,
                "has too little in common with its source for a delta", "keep the new wheel itself");
  std::string bytes(first_line);
  put<std::uint64_t>(bytes, packer.bytes().size());
  return sealed(bytes + deflate(packer.bytes(), default_compression_level));
}

void refuse_existing_file(const std::filesystem::path& output, const DeltaOptions& options) {
  if (!options.overwrite)
    require_no_file(output, "use --overwrite to replace it, or name another file with -o");
}

std::string apply_runs(std::string_view content, const std::vector<MatchedRun>& runs,
                       const std::string& subject) {
  std::string changed;
  for (const auto& run : runs) {
    if (!is_within(run.offset, run.size, content.size()))
      refuse(subject, "is for another source: an entry's content is shorter");
    if (changed.size() + run.bytes.size() + run.size > most_deflated_content)
      refuse(subject, "is damaged: an entry's content is too large");
    changed += run.bytes;
    changed += content.substr(run.offset, run.size);
  }
  return changed;
}

std::string bytes_of_step(const DeltaStep& step, ByteSource& source, const std::string& subject) try {
  if (step.kind == DeltaStep::Kind::headers)
    return shifted_headers(source.read(step.offset, step.size), step.shift, subject);
  std::string content;
  std::uint64_t taken = 0;
  std::string piece;
  Inflater inflater;
  inflater.begin(
      [&]() -> std::string_view {
        const auto size = std::min<std::uint64_t>(Inflater::buffer_size, step.stream_size - taken);
        piece = source.read(step.offset + taken, size);
        taken += size;
        return piece;
      },
      subject);
  for (auto more = inflater.next(); !more.empty(); more = inflater.next()) {
    if (content.size() + more.size() > most_deflated_content)
      refuse(subject, "is damaged: an entry's content is too large");
    content += more;
  }
  auto bytes = deflate(apply_runs(content, step.runs, subject), static_cast<int>(step.level));
  if (bytes.size() != step.size)
    throw Error(ErrorCode::bad_archive, subject, "was made by a wheelfix that compresses otherwise",
                "use the wheelfix that made it, or make the delta again");
  return bytes;
} catch (const OutOfBytes&) {
  refuse(subject, "is for another source: it is shorter");
}

}  // namespace wheelfix
