#include <wheelfix/edit.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <wheelfix/error.hpp>

#include "base/byte_edit.hpp"
#include "base/text.hpp"
#include "wheel/record_update.hpp"

namespace wheelfix {

namespace {

using Texts = std::vector<std::string>;

bool is_for_any(const WheelName& name) {
  return contains(name.platform_tags(), "any");
}

/// The document with these as all values of a key: where its first one was, or at the end.
HeaderDocument with_values(const HeaderDocument& document, std::string_view key, const Texts& values) {
  auto headers = document.headers();
  const auto is_of_key = [&](const auto& header) { return ascii_lower(header.key) == ascii_lower(key); };
  const auto first = std::ranges::find_if(headers, is_of_key) - headers.begin();
  if (document.get_all(key) == values) return document;
  std::erase_if(headers, is_of_key);
  std::vector<HeaderDocument::Header> added;
  for (const auto& value : values) added.push_back({std::string(key), value});
  headers.insert(headers.begin() + first, added.begin(), added.end());
  return document.with_headers(headers);
}

std::set<std::string> said_tags(const HeaderDocument& wheel_file) {
  std::set<std::string> tags;
  for (const auto& line : wheel_file.get_all("Tag"))
    for (auto& tag : expand_tag_set(line)) tags.insert(std::move(tag));
  return tags;
}

constexpr std::array how_names = {"patched", "added", "removed", "renamed", "rpath", "needed",
                                  "soname",  "stub",  "record",  "header",  "tags",  "metadata"};

}  // namespace

std::string_view to_string(How how) noexcept {
  return how_names.at(static_cast<std::size_t>(how));
}

std::optional<How> how_from(std::string_view name) noexcept {
  const auto found = std::ranges::find(how_names, name);
  return found == how_names.end() ? std::nullopt : std::optional(static_cast<How>(found - how_names.begin()));
}

bool WheelEdit::contains(std::string_view path) const {
  const auto found = overlay_.find(path);
  return found == overlay_.end() ? wheel_.find(path).has_value() : found->second.has_value();
}

std::string WheelEdit::read(std::string_view path) const {
  require_entry(path);
  const auto edited = item(path);
  if (edited.content) return *edited.content;
  return apply_edits(wheel_.read(wheel_.entries()[*edited.source].path), edited.byte_edits);
}

unsigned WheelEdit::mode(std::string_view path) const {
  require_entry(path);
  const auto edited = item(path);
  if (edited.mode) return *edited.mode;
  return edited.source ? wheel_.entries()[*edited.source].mode & 07777 : 0;
}

std::vector<std::string> WheelEdit::paths() const {
  std::vector<std::string> paths;
  paths.reserve(wheel_.entries().size() + overlay_.size());
  for (const auto& entry : wheel_.entries())
    if (!entry.path.ends_with('/') && !overlay_.contains(entry.path)) paths.push_back(entry.path);
  for (const auto& [path, edited] : overlay_)
    if (edited) paths.push_back(path);
  std::ranges::sort(paths);
  paths.erase(std::unique(paths.begin(), paths.end()), paths.end());
  return paths;
}

WheelEdit::Item WheelEdit::item(std::string_view path) const {
  const auto found = overlay_.find(path);
  if (found != overlay_.end() && found->second) return *found->second;
  if (found != overlay_.end()) return {};
  return {.source = wheel_.find(path), .content = {}, .byte_edits = {}, .mode = {}, .how = {}};
}

void WheelEdit::require_entry(std::string_view path) const {
  if (!contains(path))
    throw Error(ErrorCode::usage, wheel_.path().string() + ": " + printable(path), "is not in the wheel");
}

void WheelEdit::refuse_record(std::string_view path) const {
  if (is_record_signature(path, wheel_.dist_info())) {
    throw Error(ErrorCode::usage, wheel_.path().string() + ": " + printable(path),
                "a signature of RECORD can't be added or edited: it would not match the new RECORD",
                "sign the new wheel");
  }
  if (is_record_or_signature(path, wheel_.dist_info())) {
    throw Error(ErrorCode::usage, wheel_.path().string() + ": " + printable(path),
                "RECORD can't be edited: it is made when the wheel is written");
  }
}

void WheelEdit::set_content(std::string path, std::string content, std::optional<How> how) {
  refuse_record(path);
  const bool is_there = contains(path);
  auto edited = is_there ? item(path) : Item{};
  edited.content = std::make_shared<const std::string>(std::move(content));
  edited.byte_edits = {};
  edited.how.insert(how.value_or(is_there ? How::patched : How::added));
  overlay_[std::move(path)] = std::move(edited);
}

void WheelEdit::edit_bytes(std::string_view path, const ContentEdits& edits, const std::set<How>& how) {
  require_entry(path);
  refuse_record(path);
  auto edited = item(path);
  if (edited.content) {
    edited.content = std::make_shared<const std::string>(apply_edits(*edited.content, edits));
  } else {
    edited.byte_edits = in_sequence(edited.byte_edits, edits, wheel_.entries()[*edited.source].size);
  }
  edited.how.insert(how.begin(), how.end());
  overlay_[std::string(path)] = std::move(edited);
}

void WheelEdit::set_mode(std::string_view path, unsigned mode) {
  require_entry(path);
  refuse_record(path);
  auto edited = item(path);
  edited.mode = mode & 07777;
  if (edited.how.empty()) edited.how.insert(How::patched);
  overlay_[std::string(path)] = std::move(edited);
}

void WheelEdit::remove(std::string_view path) {
  require_entry(path);
  if (!is_record_signature(path, wheel_.dist_info())) refuse_record(path);
  overlay_[std::string(path)] = std::nullopt;
}

void WheelEdit::rename(std::string_view from, std::string to) {
  require_entry(from);
  refuse_record(from);
  refuse_record(to);
  if (contains(to))
    throw Error(ErrorCode::usage, wheel_.path().string() + ": " + printable(to), "is in the wheel already");
  auto edited = item(from);
  edited.how.insert(How::renamed);
  overlay_[std::string(from)] = std::nullopt;
  overlay_[std::move(to)] = std::move(edited);
}

void WheelEdit::set_local_label(std::string_view label, LocalLabel how) {
  version_text_ = with_local_label(wheel_.name().version_text(), label, how);
  label_ = label;
  relabelling_ = how == LocalLabel::extend ? Relabelling::extend : Relabelling::replace;
}

void WheelEdit::strip_local_label() {
  version_text_ = without_local_label(wheel_.name().version_text());
  relabelling_ = Relabelling::strip;
}

void WheelEdit::set_version(const Version& version) {
  version_text_ = version.to_string();
  relabelling_ = Relabelling::whole;
}

void WheelEdit::set_tags(NameTags tags, std::optional<bool> is_purelib) {
  const auto name = wheel_.name().with_tags(tags);
  const auto path = wheel_.dist_info() + "/WHEEL";
  const auto before = HeaderDocument::parse(read(path), wheel_.path().string() + ": " + path);
  auto after = before;
  const auto tags_of_name = name.expanded_tags();
  if (said_tags(before) != std::set(tags_of_name.begin(), tags_of_name.end()))
    after = with_values(after, "Tag", tags_of_name);
  after = with_values(after, "Build", name.build() ? Texts{*name.build()} : Texts{});
  if (!is_purelib && is_for_any(wheel_.name()) && !is_for_any(name)) is_purelib = false;
  constexpr auto purelib = "Root-Is-Purelib";
  if (is_purelib && (ascii_lower(before.get(purelib).value_or("")) == "true") != *is_purelib)
    after = after.with(purelib, *is_purelib ? "true" : "false");
  if (after.to_string() != before.to_string()) set_content(path, after.to_string(), How::tags);
  tags_ = std::move(tags);
}

WheelName WheelEdit::output_name() const {
  auto name = version_text_ ? wheel_.name().with_version(*version_text_) : wheel_.name();
  return tags_ ? name.with_tags(*tags_) : name;
}

std::string WheelEdit::relabelled(std::string_view version_text) const {
  if (!version_text_) return std::string(version_text);
  switch (relabelling_) {
    case Relabelling::extend:
      return with_local_label(version_text, label_, LocalLabel::extend);
    case Relabelling::replace:
      return with_local_label(version_text, label_, LocalLabel::replace);
    case Relabelling::strip:
      return without_local_label(version_text);
    default:
      return *version_text_;
  }
}

}  // namespace wheelfix
