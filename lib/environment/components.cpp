#include "environment/components.hpp"

#include <algorithm>

namespace wheelfix {
namespace {

constexpr std::size_t unseen = static_cast<std::size_t>(-1);

class Components {
 public:
  explicit Components(const std::vector<std::vector<std::size_t>>& edges)
      : edges_(edges), number_(edges.size(), unseen), lowest_(edges.size()), is_open_(edges.size()) {}

  std::vector<std::vector<std::size_t>> find() {
    for (std::size_t node = 0; node < edges_.size(); ++node)
      if (number_[node] == unseen) visit(node);
    return std::move(found_);
  }

 private:
  struct Step {
    std::size_t node;
    std::size_t next_edge;
  };

  void enter(std::size_t node) {
    number_[node] = lowest_[node] = next_number_++;
    open_.push_back(node);
    is_open_[node] = true;
    steps_.push_back({node, 0});
  }

  void visit(std::size_t start) {
    enter(start);
    while (!steps_.empty()) {
      auto& step = steps_.back();
      const auto node = step.node;
      if (step.next_edge == edges_[node].size()) {
        steps_.pop_back();
        if (!steps_.empty())
          lowest_[steps_.back().node] = std::min(lowest_[steps_.back().node], lowest_[node]);
        if (lowest_[node] == number_[node]) close(node);
        continue;
      }
      const auto other = edges_[node][step.next_edge++];
      if (number_[other] == unseen)
        enter(other);
      else if (is_open_[other])
        lowest_[node] = std::min(lowest_[node], number_[other]);
    }
  }

  void close(std::size_t node) {
    std::vector<std::size_t> component;
    std::size_t member = unseen;
    while (member != node) {
      member = open_.back();
      open_.pop_back();
      is_open_[member] = false;
      component.push_back(member);
    }
    found_.push_back(std::move(component));
  }

  const std::vector<std::vector<std::size_t>>& edges_;
  std::vector<std::size_t> number_;  // in order of visit
  std::vector<std::size_t> lowest_;  // that can be reached
  std::vector<bool> is_open_;
  std::vector<std::size_t> open_;
  std::vector<Step> steps_;
  std::size_t next_number_ = 0;
  std::vector<std::vector<std::size_t>> found_;
};

}  // namespace

std::vector<std::vector<std::size_t>> strong_components(const std::vector<std::vector<std::size_t>>& edges) {
  return Components(edges).find();
}

}  // namespace wheelfix
