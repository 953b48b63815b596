#include "doctor/read_set.hpp"

#include <utility>

#include "base/file.hpp"
#include "environment/import_code.hpp"
#include "environment/wheel_set.hpp"

namespace wheelfix {
namespace {

/// With the LD_LIBRARY_PATH of this machine, if it is what the wheels are examined for.
LoaderEnvironment environment_of(const DoctorOptions& options) {
  LoaderEnvironment environment;
  if (options.host && options.sysroot == "/")
    environment.library_path = environment_variable("LD_LIBRARY_PATH");
  return environment;
}

}  // namespace

SetReader::SetReader(const DoctorOptions& options, std::string_view python)
    : options_(options),
      binding_place_(options.layout.to_string() + std::string(python)),
      cache_(options.cache, options.limits, options.host.has_value()) {}

void SetReader::open(const std::filesystem::path& path) {
  auto known = cache_.find(path);
  wheels_.emplace_back(known ? std::move(known->wheel) : Wheel::open(path, options_.limits));
  known_.push_back(known ? std::optional(std::move(known->libraries)) : std::nullopt);
  codes_.push_back(known ? std::move(known->code) : WheelCode{});
}

std::vector<WheelLibraries> read_unknown(const std::vector<WheelEdit>& wheels,
                                         std::vector<std::optional<WheelLibraries>> known,
                                         const ReadLibrariesOptions& options) {
  std::vector<WheelEdit> unknown;
  for (std::size_t i = 0; i < wheels.size(); ++i)
    if (!known[i]) unknown.push_back(wheels[i]);
  auto read = read_libraries(unknown, options);
  auto next = read.begin();
  std::vector<WheelLibraries> libraries;
  for (auto& one : known) libraries.push_back(std::move(one ? *one : *next++));
  return libraries;
}

std::unique_ptr<WheelSet> SetReader::read() {
  is_known_to_bind_ = options_.sysroot.empty() && cache_.is_known_to_bind(binding_place_);
  auto libraries = read_unknown(wheels_, std::move(known_),
                                {.jobs = options_.jobs,
                                 .progress = options_.progress,
                                 .cuda_archs = options_.host.has_value(),
                                 .symbols = !is_known_to_bind_});
  return make_wheel_set(std::move(wheels_), std::move(libraries), options_.layout,
                        SetCode{.codes = std::move(codes_), .loads = {}, .jobs = options_.jobs},
                        {.sysroot = options_.sysroot,
                         .platform_tags = {},
                         .environment = environment_of(options_),
                         .abis = {}});
}

void SetReader::keep(const WheelSet& set, bool binds) {
  if (binds && options_.sysroot.empty()) cache_.keep_as_bound(binding_place_);
  for (std::size_t i = 0; i < set.wheels.size(); ++i)
    cache_.keep(set.wheels[i].wheel(), set.libraries[i], set.code->codes()[i]);
}

std::unique_ptr<WheelSet> read_set(const std::vector<std::filesystem::path>& wheels,
                                   const DoctorOptions& options) {
  SetReader reader(options);
  for (const auto& path : wheels) reader.open(path);
  auto set = reader.read();
  reader.keep(*set, false);
  return set;
}

}  // namespace wheelfix
