#include <algorithm>
#include <vector>

#include "loader/symbol_process.hpp"
#include "loader/symbol_rules.hpp"

namespace wheelfix {
namespace {

class ElfSymbolProcess : public SymbolProcess {
 public:
  ElfSymbolProcess(const LoaderSystem& system, SymbolTables& tables) : system_(&system), tables_(&tables) {}

  std::unique_ptr<SymbolProcess> copy() const override { return std::make_unique<ElfSymbolProcess>(*this); }
  std::optional<SymbolFailure> load(const LoadResult& result, const Request& request) override;

 private:
  void add(const LoadResult& result);
  void make_global(std::size_t root);

  const LoaderSystem* system_;
  SymbolTables* tables_;
  std::vector<SymbolObject> objects_;
  std::vector<std::size_t> global_scope_;
  std::vector<bool> is_global_;
  bool has_program_ = false;
};

std::optional<SymbolFailure> ElfSymbolProcess::load(const LoadResult& result, const Request& request) {
  const auto before = objects_.size();
  add(result);
  if (result.resolutions.empty()) return std::nullopt;
  const auto root = result.resolutions.front().object;
  if (request.at_start) {
    has_program_ = true;
    make_global(root);
    return std::nullopt;
  }
  auto failure =
      first_symbol_failure(*system_, tables_->index(), objects_,
                           {.root = root,
                            .first_new = before,
                            .global_scope = global_scope_,
                            .has_program = has_program_,
                            .absent_in_python = has_program_ ? nullptr : tables_->absent_in_python()});
  if (failure) {
    tables_->note_failure();
    objects_.resize(before);
  } else if (request.is_global) {
    make_global(root);
  }
  return failure;
}

void ElfSymbolProcess::add(const LoadResult& result) {
  for (const auto& object : result.mapped)
    objects_.push_back({.path = object.path,
                        .names = {},
                        .file = object.file == nullptr ? std::nullopt : tables_->find_elf(*object.file),
                        .needed = {},
                        .is_promised = object.file == nullptr});
  for (const auto& resolution : result.resolutions) {
    auto& names = objects_[resolution.object].names;
    if (std::ranges::find(names, resolution.name) == names.end()) names.push_back(resolution.name);
    if (resolution.needed_by) objects_[*resolution.needed_by].needed.push_back(resolution.object);
  }
}

void ElfSymbolProcess::make_global(std::size_t root) {
  is_global_.resize(objects_.size());
  for (const auto object : local_scope(objects_, root)) {
    if (!is_global_[object]) global_scope_.push_back(object);
    is_global_[object] = true;
  }
}

}  // namespace

std::unique_ptr<SymbolProcess> elf_symbol_process(const LoaderSystem& system, SymbolTables& tables) {
  return std::make_unique<ElfSymbolProcess>(system, tables);
}

}  // namespace wheelfix
