#include "installed/conda_files.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "installed/documents.hpp"

namespace wheelfix {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Takes the three keys at the top, and makes nothing of the others, of which `paths_data` is large.
class PackageReader : public nlohmann::json_sax<Json> {
 public:
  CondaPackage take() { return std::move(package_); }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool string(string_t& text) override {
    if (depth_ == 1 && key_ == "name") package_.name = text;
    if (depth_ == 1 && key_ == "version") package_.version = text;
    if (depth_ == 2 && key_ == "files") package_.files.push_back(text);
    return true;
  }
  bool start_object(std::size_t) override { return ++depth_ < deepest; }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return depth_ > 0 && ++depth_ < deepest; }
  bool end_array() override { return leave(); }
  bool key(string_t& text) override {
    if (depth_ == 1) key_ = text;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  static constexpr int deepest = 64;

  bool leave() {
    --depth_;
    return true;
  }

  CondaPackage package_;
  std::string key_;
  int depth_ = 0;
};

/// The prefix that a folder is in, the nearest one above it.
std::optional<fs::path> prefix_of(fs::path folder) {
  for (; folder.has_relative_path(); folder = folder.parent_path())
    if (is_folder(folder / "conda-meta")) return folder;
  return std::nullopt;
}

std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    if (it->path().extension() == ".json") files.push_back(it->path());
  std::ranges::sort(files);
  return files;
}

}  // namespace

std::optional<CondaPackage> parse_conda_package(std::string_view text) {
  PackageReader reader;
  if (!Json::sax_parse(text, &reader)) return std::nullopt;
  auto package = reader.take();
  if (package.name.empty()) return std::nullopt;
  return package;
}

CondaFiles::CondaFiles(const fs::path& folder, const Limits& limits) {
  const auto prefix = prefix_of(folder);
  if (!prefix) return;
  const auto inside = folder.lexically_relative(*prefix).generic_string() + "/";
  for (const auto& file : json_files(*prefix / "conda-meta")) {
    auto package = parse_conda_package(read_small_file(file, limits));
    if (!package) continue;
    std::erase_if(package->files, [&](const std::string& path) { return !path.starts_with(inside); });
    for (auto& path : package->files) path.erase(0, inside.size());
    if (!package->files.empty()) packages_.push_back(std::move(*package));
  }
}

}  // namespace wheelfix
