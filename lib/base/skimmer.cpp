#include "base/skimmer.hpp"

#include "base/bytes.hpp"

namespace wheelfix {

std::string_view Skimmer::at(std::uint64_t offset, std::size_t count) {
  if (piece_.holds(offset) && piece_.from(offset).size() >= count) return piece_.from(offset);
  if (joined_.holds(offset) && joined_.from(offset).size() >= count) return joined_.from(offset);
  std::string joint;
  if (joined_.holds(offset)) joint = joined_.from(offset);
  while (joint.size() < count) {
    const auto wanted = offset + joint.size();
    if (!piece_.holds(wanted)) {
      piece_ = {wanted, source_.skim(wanted)};
      if (piece_.bytes.empty()) throw OutOfBytes("read past the end");
      if (joint.empty() && piece_.bytes.size() >= count) return piece_.bytes;
    }
    joint += piece_.from(wanted).substr(0, count - joint.size());
  }
  joint_ = std::move(joint);
  joined_ = {offset, joint_};
  return joint_;
}

}  // namespace wheelfix
