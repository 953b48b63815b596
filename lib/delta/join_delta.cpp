#include <wheelfix/delta.hpp>
#include <wheelfix/error.hpp>
#include <wheelfix/wheel_name.hpp>

#include "base/atomic_file.hpp"
#include "base/file_hash.hpp"
#include "base/growing_file_hash.hpp"
#include "base/made_folder.hpp"
#include "base/progress_meter.hpp"
#include "delta/delta_steps.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

/// Some kB for each entry that has new content.
constexpr std::uint64_t largest_delta_file = most_delta_bytes;

[[noreturn]] void refuse_source(const File& source, const Delta& delta) {
  throw Error(ErrorCode::bad_archive, source.path().string(),
              "isn't the wheel that the delta was made from, whose SHA-256 is " + delta.source_sha256,
              "name that wheel");
}

void write_steps(const Delta& delta, const File& source, AtomicFile& file, GrowingFileHash& hash,
                 const std::string& subject, const DeltaOptions& options) {
  ProgressMeter meter("joining", delta.result_size, options.progress);
  FileBytes bytes(source);
  for (const auto& step : delta.steps) {
    switch (step.kind) {
      case DeltaStep::Kind::copied:
        file.append_from(source, step.offset, step.size, options.jobs, [&](std::uint64_t copied) {
          meter.add(copied);
          hash.advance(file.size());
        });
        break;
      case DeltaStep::Kind::literal:
        file.append(step.bytes);
        break;
      case DeltaStep::Kind::headers:
      case DeltaStep::Kind::deflated:
        file.append(bytes_of_step(step, bytes, subject));
        break;
    }
    hash.advance(file.size());
  }
}

}  // namespace

fs::path join_delta(const fs::path& source_path, const fs::path& delta_path, const fs::path& output,
                    const DeltaOptions& options) {
  const auto subject = delta_path.string();
  const auto delta = Delta::parse(read_file(delta_path, largest_delta_file, "it isn't a delta"), subject);
  const auto destination =
      output.empty() ? fs::path(WheelName::parse(delta.result_name).to_string()) : output;
  const auto source = File::open(source_path);
  if (source.size() != delta.source_size) refuse_source(source, delta);
  if (source.is_same_file(destination))
    throw Error(ErrorCode::output_exists, destination.string(),
                "is the source itself, which is never overwritten", "name another file with -o");
  refuse_existing_file(destination, options);
  MadeFolder folder;
  folder.make(destination.has_parent_path() ? destination.parent_path() : fs::path("."));
  AtomicFile file(destination, options.overwrite ? Existing::replace : Existing::refuse);
  GrowingFileHash hash(file.reopen(), options.jobs);
  const auto require_source = [&] {
    if (hash_file(source).finish_as_hex() != delta.source_sha256) refuse_source(source, delta);
  };
  try {
    write_steps(delta, source, file, hash, subject, options);
  } catch (const Error& e) {
    if (e.code() == ErrorCode::bad_archive) require_source();
    throw;
  }
  if (hash.finish() != delta.result_sha256) {
    require_source();
    throw Error(ErrorCode::bad_archive, subject, "doesn't make the wheel that it says",
                "use the wheelfix that made it, or make the delta again");
  }
  source.require_unchanged();
  file.commit(Durability::none);
  folder.keep();
  return destination;
}

}  // namespace wheelfix
