// A requirements file is read or refused. What gets the wheels has them, and then there is nothing more to
// do; the other requirements stay.
#include "lock/requirements_lock.hpp"

#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"
#include "lock/named_wheels.hpp"

namespace {

using namespace wheelfix;

bool is_same(const PinnedRequirement& one, const PinnedRequirement& other) {
  return one.project == other.project && one.version == other.version &&
         std::ranges::equal(one.hashes, other.hashes, {}, &PinnedRequirement::Hash::value,
                            &PinnedRequirement::Hash::value);
}

void check_edit(std::string_view text, const RequirementLines& lines, const PatchedWheels& wheels) {
  auto plan = plan_requirements(text, lines, wheels, "fuzz.txt");
  const auto count = plan.changes.size();
  plan.edits.push_back(add_option_line(text, lines, "--find-links", "a folder"));
  const auto edited = apply_edits(text, plan.edits);
  const auto again = RequirementLines::parse(edited, "fuzz.txt");
  CHECK_PROPERTY(plan_requirements(edited, again, wheels, "fuzz.txt").edits.empty());
  CHECK_PROPERTY(again.requirements.size() == lines.requirements.size());
  CHECK_PROPERTY(again.options.size() == lines.options.size() + 1);
  std::size_t changed = 0;
  for (std::size_t i = 0; i < lines.requirements.size(); ++i)
    if (!is_same(lines.requirements[i], again.requirements[i])) ++changed;
  CHECK_PROPERTY(changed == count);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto wheels =
      named_wheels({"demo-1.0+x.1-cp311-cp311-win32.whl", "demo-1.0+x.1-cp311-cp311-linux_x86_64.whl"});
  const auto text = as_text(data, size);
  try {
    check_edit(text, RequirementLines::parse(text, "fuzz.txt"), wheels);
  } catch (const Error& error) {
    CHECK_PROPERTY(error.code() == ErrorCode::bad_recipe || error.code() == ErrorCode::does_not_apply);
    CHECK_PROPERTY(error.subject().starts_with("fuzz.txt"));
  }
  return 0;
}
