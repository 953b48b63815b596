#include "doctor/cuda_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/finding_sink.hpp"
#include "base/text.hpp"
#include "environment/required_wheels.hpp"

namespace wheelfix {
namespace {

/// A library that a wheel provides to others.
struct Given {
  std::size_t wheel = 0;
  const CudaSign* sign = nullptr;
};

/// `torch-2.1.0-cp311-….whl`, safe to print.
std::string wheel_file(const WheelSet& set, std::size_t wheel) {
  return printable(set.wheels[wheel].wheel().path().filename().string());
}

/// `11`, `11 and 12`.
std::string listed(const std::set<int>& majors) {
  std::string text;
  for (const int major : majors) text += fmt::format("{}{}", text.empty() ? "" : " and ", major);
  return text;
}

class CudaChecker {
 public:
  CudaChecker(const WheelSet& set, const std::vector<CudaWheel>& wheels,
              const std::vector<MissingLibrary>& missing)
      : set_(set), wheels_(wheels), missing_(missing), names_(set), findings_({}) {}

  std::vector<Finding> run() {
    for (const auto& wheel : wheels_) {
      check_label(wheel);
      check_given(wheel, CudaProduct::cuda);
      check_given(wheel, CudaProduct::cudnn);
    }
    check_majors();
    return findings_.take();
  }

 private:
  void add(FindingCode code, Severity severity, std::size_t wheel, const CudaSign* sign, std::string message,
           std::string hint) {
    std::optional<std::string> path;
    if (sign != nullptr && !sign->path.empty()) path = sign->path;
    findings_.add({code, severity, set_.wheels[wheel].wheel().path().string(), std::move(path),
                   std::move(message), std::move(hint)});
  }

  const std::string& project(std::size_t wheel) const {
    return set_.wheels[wheel].wheel().name().distribution();
  }

  void check_label(const CudaWheel& wheel) {
    std::set<int> needed;
    const CudaSign* first = nullptr;
    for (const auto& sign : wheel.needs) {
      if (sign.product != CudaProduct::cuda) continue;
      if (first == nullptr) first = &sign;
      needed.insert(sign.major);
    }
    for (const auto& label : wheel.labels) {
      if (first == nullptr || needed.contains(label.major)) continue;
      add(FindingCode::cuda_label, Severity::warning, wheel.wheel, first,
          fmt::format("{}, and its libraries are for CUDA {}: {}", label.text, listed(needed), first->text),
          "trust the libraries: the label is wrong, or a library is from another build");
      return;
    }
  }

  /// A wheel that finds one of its majors is fine: some have libraries for each, and load those that fit the
  /// set. If a wheel's code loads cuDNN by itself, only Requires-Dist may say which one it is for.
  void check_given(const CudaWheel& wheel, CudaProduct product) {
    std::vector<const CudaSign*> wanted;
    for (const auto& sign : wheel.needs) {
      if (sign.product != product) continue;
      if (is_there(set_, names_, sign.name)) return;
      wanted.push_back(&sign);
    }
    const bool fails = std::ranges::any_of(
        wanted, [&](const CudaSign* sign) { return is_certain(wheel.wheel, sign->name); });
    if (wanted.empty() && product == CudaProduct::cudnn) {
      for (const auto& sign : wheel.required)
        if (sign.product == product) wanted.push_back(&sign);
    }
    const auto given = given_by_others(wheel, product);
    const bool fits = std::ranges::any_of(given, [&](const Given& library) {
      return std::ranges::find(wanted, library.sign->major, &CudaSign::major) != wanted.end();
    });
    if (wanted.empty() || given.empty() || fits) return;
    report_mismatch(wheel, *wanted.front(), given.front(), fails ? Severity::error : Severity::warning);
  }

  bool is_certain(std::size_t wheel, const std::string& name) const {
    return std::ranges::any_of(missing_, [&](const MissingLibrary& library) {
      return library.is_certain && library.wheel == wheel && file_name(library.entry) == name;
    });
  }

  std::vector<Given> given_by_others(const CudaWheel& wheel, CudaProduct product) const {
    std::vector<Given> given;
    for (const auto& other : wheels_) {
      if (other.wheel == wheel.wheel) continue;
      for (const auto& sign : other.gives)
        if (sign.product == product) given.push_back({other.wheel, &sign});
    }
    return given;
  }

  void report_mismatch(const CudaWheel& wheel, const CudaSign& sign, const Given& given, Severity severity) {
    const auto product = to_string(sign.product);
    if (sign.product == CudaProduct::cuda) reported_.insert({sign.major, given.sign->major});
    std::string hint =
        fmt::format("take a build of {} for {} {}, or give {} {} in place of {}", project(wheel.wheel),
                    product, given.sign->major, product, sign.major, project(given.wheel));
    const CudaSign* asked = nullptr;  // preferably the runtime, whose version is CUDA's
    for (const auto& required : wheel.required) {
      if (required.product != sign.product || required.major != sign.major) continue;
      if (asked == nullptr || (required.version && !asked->version)) asked = &required;
    }
    if (asked != nullptr) hint += fmt::format(": {}", asked->text);
    add(sign.product == CudaProduct::cuda ? FindingCode::cuda_mismatch : FindingCode::cudnn_mismatch,
        severity, wheel.wheel, &sign,
        fmt::format("is for {} {}, and the wheels given have {} {}: {}, and {} {}", product, sign.major,
                    product, given.sign->major, sign.text, wheel_file(set_, given.wheel), given.sign->text),
        hint);
  }

  /// One finding for each major besides the one that most wheels are for; of equally many, the newest. What
  /// is reported as a mismatch isn't reported again.
  void check_majors() {
    std::map<int, std::vector<std::size_t>> by_major;
    for (const auto& wheel : wheels_) {
      for (const int major : wheel.majors(CudaProduct::cuda)) by_major[major].push_back(wheel.wheel);
    }
    if (by_major.size() < 2) return;
    const auto most = std::ranges::max_element(
        by_major, {}, [](const auto& wheels) { return std::pair(wheels.second.size(), wheels.first); });
    for (const auto& [major, members] : by_major) {
      const bool is_reported = reported_.contains(major) && reported_.contains(most->first);
      if (major == most->first || is_reported) continue;
      // Wheels with libraries for several majors don't count.
      std::vector<std::size_t> odd;
      std::ranges::copy_if(members, std::back_inserter(odd), [&](std::size_t wheel) {
        return wheels_[wheel].majors(CudaProduct::cuda).size() == 1;
      });
      if (!odd.empty()) report_majors(major, odd, most->first, most->second);
    }
  }

  void report_majors(int major, const std::vector<std::size_t>& wheels, int other_major,
                     const std::vector<std::size_t>& others) {
    const auto first = user_of(wheels);
    add(FindingCode::two_cuda_majors, Severity::warning, first, wheels_[first].sign(CudaProduct::cuda, major),
        fmt::format("two majors of CUDA in one set: for CUDA {} {}; for CUDA {} {}", major,
                    described(wheels, major), other_major, described(others, other_major)),
        fmt::format("one process may get the libraries of both, which don't work together: use wheels for "
                    "CUDA {} instead of those for {}{}",
                    other_major, major,
                    need_of_others(first) > 0 ? ", or import them in separate processes"
                                              : ", or leave out what nothing needs"));
  }

  /// 2 if it needs another's runtime, 1 if another's library, else 0.
  int need_of_others(std::size_t wheel) const {
    int need = 0;
    const auto& gives = wheels_[wheel].gives;
    for (const auto& sign : wheels_[wheel].needs) {
      if (std::ranges::find(gives, sign.name, &CudaSign::name) == gives.end())
        need = std::max(need, sign.is_runtime ? 2 : 1);
    }
    return need;
  }

  /// The wheel that most needs CUDA's libraries, rather than having them; of equals the first.
  std::size_t user_of(const std::vector<std::size_t>& wheels) const {
    return *std::ranges::max_element(wheels, {}, [&](std::size_t wheel) { return need_of_others(wheel); });
  }

  /// `is torch-….whl (torch/lib/libc10_cuda.so needs libcudart.so.12), and 3 others`.
  std::string described(const std::vector<std::size_t>& wheels, int major) const {
    const auto first = user_of(wheels);
    auto text = fmt::format("{} {} ({})", wheels.size() == 1 ? "is" : "are", wheel_file(set_, first),
                                  wheels_[first].sign(CudaProduct::cuda, major)->text);
    if (wheels.size() == 1) return text;
    return text + (wheels.size() == 2 ? " and another" : fmt::format(" and {} others", wheels.size() - 1));
  }

  const WheelSet& set_;
  const std::vector<CudaWheel>& wheels_;
  const std::vector<MissingLibrary>& missing_;
  LibraryIndex names_;
  std::set<int> reported_;  // majors of CUDA that a mismatch is about
  FindingSink findings_;
};

}  // namespace

std::vector<CudaWheel> read_cuda_wheels(const WheelSet& set) {
  std::vector<CudaWheel> wheels;
  for (std::size_t i = 0; i < set.wheels.size(); ++i) {
    const auto& wheel = set.wheels[i].wheel();
    std::vector<CudaCandidate> libraries;
    for (const auto& library : set.libraries[i].libraries)
      libraries.push_back({library.path, library.info, !library.cuda_archs.empty()});
    std::vector<Requirement> requirements;
    for (const auto& text : wheel.metadata().get_all("Requires-Dist")) {
      requirements.push_back(parse_requirement(text));
      if (evaluate_marker(requirements.back().marker, set.system) != Truth::yes) requirements.pop_back();
    }
    wheels.push_back(read_cuda_wheel(wheel, libraries, requirements));
    wheels.back().wheel = i;
  }
  return wheels;
}

bool is_there(const WheelSet& set, const LibraryIndex& names, const std::string& name) {
  if (names.has(name) || set.system.cache.contains(name)) return true;
  return std::ranges::any_of(set.system.folders, [&](const std::string& folder) {
    return set.placed.files().find(folder + "/" + name) != nullptr;
  });
}

std::vector<Finding> check_cuda(const WheelSet& set, const std::vector<CudaWheel>& wheels,
                                const std::vector<MissingLibrary>& missing) {
  return CudaChecker(set, wheels, missing).run();
}

}  // namespace wheelfix
