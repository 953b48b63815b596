#pragma once

namespace wheelfix::python {

/// Counts how deep a recursion is.
class Level {
 public:
  explicit Level(unsigned& depth) : depth_(depth) { ++depth_; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  ~Level() { --depth_; }

 private:
  unsigned& depth_;
};

}  // namespace wheelfix::python
