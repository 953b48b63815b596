#include <fmt/format.h>

#include <map>
#include <vector>
#include <wheelfix/error.hpp>
#include <wheelfix/file_tree.hpp>

#include "base/text.hpp"

namespace wheelfix {
namespace {

constexpr int max_links = 40;  // Linux's

// The largest real wheels, torch's of any system, have some 600 and need 30,000 look-ups.
constexpr std::size_t max_added = 500'000;
constexpr std::uint64_t max_questions = 5'000'000;

[[noreturn]] void refuse(std::string message) {
  throw Error(ErrorCode::limit_exceeded, "the wheels", std::move(message), "give fewer wheels at once");
}

}  // namespace

std::string TreeNode::path() const {
  std::vector<const TreeNode*> nodes;
  for (const auto* node = this; node->parent_ != node; node = node->parent_) nodes.push_back(node);
  std::string path = nodes.empty() ? "/" : "";
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) path += "/" + (*node)->name_;
  return path;
}

struct FileTree::Known {
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::shared_ptr<const FileContent>> contents;
};

FileTree::FileTree(NameCase name_case, std::shared_ptr<FileSource> source)
    : name_case_(name_case),
      source_(std::move(source)),
      known_(std::make_unique<Known>()),
      root_(std::make_unique<TreeNode>()) {
  root_->parent_ = root_.get();
  root_->from_source_ = source_ != nullptr;
}

FileTree::FileTree(FileTree&&) noexcept = default;
FileTree& FileTree::operator=(FileTree&&) noexcept = default;
FileTree::~FileTree() = default;

std::string FileTree::key(std::string_view name) const {
  return name_case_ == NameCase::folded ? ascii_lower(name) : std::string(name);
}

std::size_t FileTree::hash_of(std::string_view name) const {
  constexpr std::hash<std::string_view> hash;
  return name_case_ == NameCase::exact ? hash(name) : hash(key(name));
}

TreeNode& FileTree::place(std::string_view path) {
  auto* node = root_.get();
  for (const auto name : split(path, '/')) {
    if (name.empty()) continue;
    node->content_.reset();
    node->link_.clear();
    auto* next = child(*node, name);
    if (next == nullptr) {
      if (++added_ > max_added) refuse(fmt::format("have more than {} folders and libraries", max_added));
      auto& made = node->children_[key(name)];
      made = std::make_unique<TreeNode>();
      made->name_ = name;
      made->parent_ = node;
      next = made.get();
      name_hashes_.insert(hash_of(name));
    }
    node = next;
  }
  return *node;
}

void FileTree::add_folder(std::string_view path) {
  auto& node = place(path);
  node.content_.reset();
  node.link_.clear();
}

void FileTree::add_file(std::string_view path, std::shared_ptr<const FileContent> content) {
  auto& node = place(path);
  node.link_.clear();
  node.content_ = std::move(content);
}

void FileTree::add_library(std::string_view path, BinaryInfo info) {
  add_file(path, std::make_shared<FileContent>(FileContent{.info = std::move(info)}));
}

void FileTree::add_symlink(std::string_view path, std::string target) {
  auto& node = place(path);
  node.content_.reset();
  node.link_ = std::move(target);
}

void FileTree::add_known(std::pair<std::uint64_t, std::uint64_t> identity,
                         std::shared_ptr<const FileContent> content) {
  known_->contents[identity] = std::move(content);
}

std::unique_ptr<TreeNode> FileTree::ask_source(const TreeNode& folder, std::string_view name) const {
  auto node = std::make_unique<TreeNode>();
  node->name_ = name;
  node->parent_ = const_cast<TreeNode*>(&folder);  // it is this tree's, which isn't const
  const auto path = node->path();
  const auto item = source_->look(path);
  node->is_missing_ = item.kind == FileSource::Kind::missing;
  node->from_source_ = item.kind == FileSource::Kind::folder;
  if (item.kind == FileSource::Kind::symlink) node->link_ = item.target;
  if (item.kind == FileSource::Kind::file) {
    auto& content = known_->contents[item.identity];
    if (!content) content = std::make_shared<FileContent>(source_->read(path));
    node->content_ = content;
  }
  return node;
}

void FileTree::count_question() const {
  if (++questions_ > max_questions)
    refuse(fmt::format("take more than {} look-ups to follow what their libraries load", max_questions));
}

bool FileTree::may_have(std::string_view name) const {
  count_question();
  const bool is_special = name.empty() || name == "." || name == "..";
  return is_special || source_ != nullptr || name_hashes_.contains(hash_of(name));
}

/// Null if there is none; doesn't follow symlinks.
TreeNode* FileTree::child(TreeNode& folder, std::string_view name) const {
  count_question();
  const auto found =
      name_case_ == NameCase::exact ? folder.children_.find(name) : folder.children_.find(key(name));
  if (found != folder.children_.end()) return found->second->is_missing_ ? nullptr : found->second.get();
  if (!folder.from_source_) return nullptr;
  const auto& kept = folder.children_[key(name)] = ask_source(folder, name);
  return kept->is_missing_ ? nullptr : kept.get();
}

TreeNode* FileTree::follow(TreeNode* node, int& links) const {
  while (node != nullptr && !node->link_.empty()) {
    if (++links > max_links) return nullptr;
    node = walk(node->link_.starts_with('/') ? root_.get() : node->parent_, node->link_, links);
  }
  return node;
}

TreeNode* FileTree::walk(TreeNode* start, std::string_view path, int& links) const {
  auto* node = start;
  while (node != nullptr && !path.empty()) {
    const auto name = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), name.size() + 1));
    if (!node->is_folder()) return nullptr;
    if (name.empty() || name == ".") continue;
    node = name == ".." ? node->parent_ : follow(child(*node, name), links);
  }
  return node;
}

const TreeNode* FileTree::find(std::string_view path) const {
  int links = 0;
  auto* node = walk(root_.get(), path, links);
  return node != nullptr && path.ends_with('/') && !node->is_folder() ? nullptr : node;
}

const TreeNode* FileTree::find_in(const TreeNode& folder, std::string_view name) const {
  int links = 0;
  return walk(const_cast<TreeNode*>(&folder), name, links);  // it is this tree's, which isn't const
}

}  // namespace wheelfix
