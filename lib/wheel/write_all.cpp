#include <fmt/format.h>

#include <bit>
#include <set>
#include <utility>
#include <wheelfix/edit.hpp>
#include <wheelfix/error.hpp>

#include "deflate/compress.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/prepared_wheel.hpp"

namespace wheelfix {

namespace {

void require_level(const std::optional<int>& level) {
  if (!level || (*level >= min_compression_level && *level <= max_compression_level)) return;
  throw Error(ErrorCode::usage, "--level", fmt::format("{} is not a compression level", *level),
              "levels are 0 to 12");
}

void require_alignment(std::uint64_t alignment) {
  if (alignment == 0 || (std::has_single_bit(alignment) && alignment >= 4096 && alignment <= 65'536)) return;
  throw Error(ErrorCode::usage, "--align", fmt::format("{} is not an alignment", alignment),
              "it is 0, or a power of two from 4096 to 65536");
}

void refuse_twins(const std::vector<const WheelEdit*>& edits, const WriteOptions& options) {
  std::set<std::string> names;
  const auto add = [&](const std::filesystem::path& path, const char* remedy) {
    const auto name = path.lexically_normal().string();
    if (!names.insert(name).second)
      throw Error(ErrorCode::output_exists, name, "would be written twice", remedy);
  };
  for (const auto* edit : edits) add(output_path(*edit, options), "give each wheel once");
  for (const auto& companion : options.companions) add(companion.path, "give each file a name of its own");
}

void refuse_companions(const WriteOptions& options) {
  for (const auto& [path, text] : options.companions) {
    if (path.extension() == ".whl")
      throw Error(ErrorCode::output_exists, path.string(),
                  "has the name of a wheel, and would be a text about wheels", "give it another name");
    if (!options.overwrite) require_no_file(path);
  }
}

void require_free(const std::filesystem::path& output, const zip::Archive& source, bool overwrite) {
  if (source.file().is_same_file(output))
    throw Error(ErrorCode::output_exists, output.string(), "is the source itself, which is never overwritten",
                "give another --dest-dir");
  if (!overwrite) require_no_file(output, "use --overwrite to replace it, or another --dest-dir");
}

void require_unchanged(const std::vector<const WheelEdit*>& edits) {
  for (const auto* edit : edits) edit->wheel().require_unchanged();
}

/// If a source was rewritten while it was read, that is the error, whatever else was found.
std::vector<PreparedWheel> prepare(const std::vector<const WheelEdit*>& edits, const WriteOptions& options,
                                   MadeFolder& folder) {
  std::vector<PreparedWheel> wheels;
  try {
    for (const auto* edit : edits) wheels.push_back(prepare_wheel(*edit, options, folder));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::cancelled) require_unchanged(edits);
    throw;
  }
  require_unchanged(edits);
  return wheels;
}

void write_companions(const std::vector<WriteResult>& results, const WriteOptions& options,
                      MadeFolder& folder, std::vector<std::unique_ptr<AtomicFile>>& files) {
  if (options.dry_run) return;
  for (const auto& [path, text_of] : options.companions) {
    const auto text = text_of(results);
    if (!text) continue;
    folder.make(path.parent_path());
    files.push_back(
        std::make_unique<AtomicFile>(path, options.overwrite ? Existing::replace : Existing::refuse));
    files.back()->append(*text);
  }
}

}  // namespace

void require_free_outputs(const std::vector<const WheelEdit*>& edits, const WriteOptions& options) {
  refuse_twins(edits, options);
  refuse_companions(options);
  for (const auto* edit : edits)
    require_free(output_path(*edit, options), archive_of(edit->wheel()), options.overwrite);
}

WriteResult write(const WheelEdit& edit, const WriteOptions& options) {
  return std::move(write_all({&edit}, options).front());
}

std::vector<WriteResult> write_all(const std::vector<const WheelEdit*>& edits, const WriteOptions& options,
                                   const Announcement& announce) {
  require_level(options.level);
  require_alignment(options.alignment);
  require_free_outputs(edits, options);
  MadeFolder folder;  // destroyed after the files in it
  std::vector<WriteResult> results;
  std::vector<std::unique_ptr<AtomicFile>> files;
  for (auto& wheel : prepare(edits, options, folder)) {
    results.push_back(std::move(wheel.result));
    if (wheel.file) files.push_back(std::move(wheel.file));
  }
  write_companions(results, options, folder, files);
  for (const auto& file : files) file->publish(options.sync ? Durability::sync : Durability::none);
  if (announce) announce(results);
  for (const auto& file : files) file->keep();
  folder.keep();
  return results;
}

}  // namespace wheelfix
