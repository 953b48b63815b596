#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <wheelfix/receipt.hpp>

#include "base/file_hash.hpp"
#include "receipt/statement.hpp"
#include "receipt/wheel_hashes.hpp"

namespace wheelfix {

namespace {

using Json = nlohmann::ordered_json;

Json digest(const std::string& sha256) {
  return {{"sha256", sha256}};
}

Json resource(const std::filesystem::path& file, const std::string& sha256) {
  return {{"name", file.filename().string()}, {"digest", digest(sha256)}};
}

Json to_json(const std::vector<Change>& changes) {
  auto list = Json::array();
  for (const auto& change : changes) list.push_back({{"path", change.path}, {"how", to_string(change.how)}});
  return list;
}

Json subject(const WriteResult& result, const std::filesystem::path& source,
             const std::string& source_sha256) {
  auto item = resource(result.output, result.sha256);
  item["annotations"] = {{"source", resource(source, source_sha256)}, {"changed", to_json(result.changed)}};
  return item;
}

Json external_parameters(const ReceiptRun& run) {
  auto options = Json::array();
  for (const auto& [name, value] : run.options) {
    options.push_back({{"name", name}});
    if (value) options.back()["value"] = *value;
  }
  Json parameters = {{"command", run.command}, {"options", std::move(options)}};
  if (run.source_date_epoch) parameters["environment"] = {{"SOURCE_DATE_EPOCH", *run.source_date_epoch}};
  return parameters;
}

}  // namespace

ReceiptFile receipt_file(std::filesystem::path path) {
  auto sha256 = hash_file(File::open(path)).finish_as_hex();
  return {std::move(path), std::move(sha256)};
}

std::string make_receipt(const ReceiptRun& run, const std::vector<const WheelEdit*>& edits,
                         const std::vector<WriteResult>& results) {
  std::vector<Wheel> wheels;
  for (const auto* edit : edits) wheels.push_back(edit->wheel());
  wheels.insert(wheels.end(), run.others.begin(), run.others.end());
  const auto hashes = hashes_of_files(wheels, run.jobs);

  auto subjects = Json::array();
  for (std::size_t i = 0; i < results.size(); ++i)
    subjects.push_back(subject(results[i], wheels[i].path(), hashes[i]));
  auto dependencies = Json::array();
  for (std::size_t i = 0; i < wheels.size(); ++i)
    dependencies.push_back(resource(wheels[i].path(), hashes[i]));
  for (const auto& file : run.files) {
    if (receipt_file(file.path).sha256 != file.sha256) throw_changed(file.path);
    dependencies.push_back(resource(file.path, file.sha256));
  }
  const Json statement = {
      {"_type", statement_type},
      {"subject", std::move(subjects)},
      {"predicateType", provenance_type},
      {"predicate",
       {{"buildDefinition",
         {{"buildType", receipt_build_type},
          {"externalParameters", external_parameters(run)},
          {"resolvedDependencies", std::move(dependencies)}}},
        {"runDetails", {{"builder", {{"id", receipt_builder}, {"version", run.versions}}}}}}}};
  return statement.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace wheelfix
