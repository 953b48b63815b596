#include <wheelfix/metadata_edit.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <wheelfix/error.hpp>
#include <wheelfix/spelling.hpp>
#include <wheelfix/version_specifiers.hpp>

#include "base/text.hpp"
#include "wheel/requirement_match.hpp"

namespace wheelfix {

namespace {

constexpr std::size_t most_listed = 10;

constexpr auto requirement_hint = "pip and uv accept ones like demo[extra]>=1.0,<2; python_version > \"3\"";
constexpr auto url_hint =
    "the project's name comes first, as in demo @ https://example.org/demo-1.0-py3-none-any.whl";

/// In the order of the core metadata specification, with the version of it that each came with.
struct KnownHeader {
  std::string_view key;
  std::string_view since;
};
constexpr std::array known_headers = {
    KnownHeader{"metadata-version", "1.0"},
    KnownHeader{"name", "1.0"},
    KnownHeader{"version", "1.0"},
    KnownHeader{"dynamic", "2.2"},
    KnownHeader{"platform", "1.0"},
    KnownHeader{"supported-platform", "1.1"},
    KnownHeader{"summary", "1.0"},
    KnownHeader{"description", "1.0"},
    KnownHeader{"description-content-type", "2.1"},
    KnownHeader{"keywords", "1.0"},
    KnownHeader{"author", "1.0"},
    KnownHeader{"author-email", "1.0"},
    KnownHeader{"maintainer", "1.2"},
    KnownHeader{"maintainer-email", "1.2"},
    KnownHeader{"license", "1.0"},
    KnownHeader{"license-expression", "2.4"},
    KnownHeader{"license-file", "2.4"},
    KnownHeader{"classifier", "1.1"},
    KnownHeader{"requires-dist", "1.2"},
    KnownHeader{"requires-python", "1.2"},
    KnownHeader{"requires-external", "1.2"},
    KnownHeader{"project-url", "1.2"},
    KnownHeader{"provides-extra", "2.1"},
};

/// The place of a key in that order; nothing for others, which may be anywhere.
std::optional<std::size_t> rank_of(std::string_view key) {
  const auto found = std::ranges::find(known_headers, ascii_lower(key), &KnownHeader::key);
  if (found == known_headers.end()) return std::nullopt;
  return static_cast<std::size_t>(found - known_headers.begin());
}

std::string listed(std::vector<std::string> texts) {
  const auto more = texts.size() > most_listed ? texts.size() - most_listed : 0;
  texts.resize(texts.size() - more);
  for (auto& text : texts) text = "'" + printable(text) + "'";
  if (more > 0) texts.push_back(fmt::format("{} more", more));
  return fmt::format("{}", fmt::join(texts, ", "));
}

[[noreturn]] void refuse_text(std::string_view key, std::string_view text, std::size_t column,
                              std::string message, std::string hint) {
  throw Error(ErrorCode::usage,
              fmt::format("{} '{}', column {}", key, printable(text.substr(0, 200)), column),
              std::move(message), std::move(hint));
}

/// A header's value is one line of UTF-8.
void require_line(std::string_view key, std::string_view text) {
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == '\x7f'; };
  const auto control = std::ranges::find_if(text, is_control);
  if (control != text.end())
    refuse_text(key, text, static_cast<std::size_t>(control - text.begin()) + 1,
                "is a control character or line break", "write it on one line");
  if (!is_valid_utf8(text)) refuse_text(key, text, 1, "isn't UTF-8", "pip refuses to install such a wheel");
}

/// What installers accept. Throws Error{usage} for anything else.
RequirementParts required_parts(std::string_view text) {
  require_line("Requires-Dist", text);
  auto [parts, fault] = read_requirement(text);
  if (fault)
    refuse_text("Requires-Dist", text, fault->column, std::move(fault->message),
                text.find("://") != std::string_view::npos ? url_hint : requirement_hint);
  return parts;
}

class MetadataEditor {
 public:
  MetadataEditor(const HeaderDocument& metadata, std::string_view subject)
      : metadata_(metadata), subject_(subject), headers_(metadata.headers()) {}

  EditedMetadata run(const MetadataEdit& edit) {
    for (const auto& text : edit.remove_requires) remove_requirements(text);
    for (const auto& text : edit.replace_requires) replace_requirement(text);
    for (const auto& text : edit.add_requires) add_requirement(text);
    if (edit.requires_python) set_requires_python(*edit.requires_python);
    for (const auto& text : edit.remove_classifiers) remove_classifier(text);
    for (const auto& text : edit.add_classifiers) add_classifier(text);
    return {metadata_.with_headers(headers_), std::move(changes_), std::move(warnings_)};
  }

 private:
  using Places = std::vector<std::size_t>;

  [[noreturn]] void refuse(ErrorCode code, std::string message, std::string hint) const {
    throw Error(code, std::string(subject_), std::move(message), std::move(hint));
  }

  static bool has_key(const HeaderDocument::Header& header, std::string_view key) {
    return ascii_lower(header.key) == ascii_lower(key);
  }

  template <class Predicate>
  Places places_of(std::string_view key, Predicate&& is_wanted) const {
    Places places;
    for (std::size_t i = 0; i < headers_.size(); ++i)
      if (has_key(headers_[i], key) && is_wanted(headers_[i].value)) places.push_back(i);
    return places;
  }

  Places places_of(std::string_view key) const {
    return places_of(key, [](const std::string&) { return true; });
  }

  std::vector<std::string> values_at(const Places& places) const {
    std::vector<std::string> values;
    for (const auto place : places) values.push_back(headers_[place].value);
    return values;
  }

  void add(const std::string& key, const std::string& value) {
    const auto rank = rank_of(key);
    std::size_t after_same = 0, after_others = 0;
    for (std::size_t i = 0; i < headers_.size(); ++i) {
      if (has_key(headers_[i], key)) after_same = i + 1;
      const auto other = rank_of(headers_[i].key);
      if (other && *other < *rank) after_others = i + 1;
    }
    const auto place = after_same > 0 ? after_same : after_others;
    headers_.insert(headers_.begin() + static_cast<std::ptrdiff_t>(place), {key, value});
    changes_.push_back({key, std::nullopt, value});
    warn_of_version(key);
  }

  void remove(const Places& places) {
    for (const auto place : places)
      changes_.push_back({headers_[place].key, std::move(headers_[place].value), std::nullopt});
    for (auto place = places.rbegin(); place != places.rend(); ++place)
      headers_.erase(headers_.begin() + static_cast<std::ptrdiff_t>(*place));
  }

  void replace(std::size_t place, std::string value) {
    auto& header = headers_[place];
    if (header.value == value)
      refuse(ErrorCode::already_applied, fmt::format("has {} '{}' already", header.key, printable(value)),
             "leave it out: nothing would change");
    changes_.push_back({header.key, std::exchange(header.value, value), std::move(value)});
    warn_of_version(header.key);
  }

  void warn_of_version(std::string_view key) {
    const auto text = metadata_.get("Metadata-Version").value_or("");
    const auto& known = known_headers.at(*rank_of(key));
    const auto version = Version::try_parse(text);
    if (!version || *version >= Version::parse(known.since)) return;
    warn(
        fmt::format("{} came with Metadata-Version {}, and the wheel has {}: installers read it, and PyPI "
                    "refuses it",
                    key, known.since, printable(text)));
  }

  void warn(std::string text) {
    if (std::ranges::find(warnings_, text) == warnings_.end()) warnings_.push_back(std::move(text));
  }

  Places requirements_of(const ComparedRequirement& wanted) const {
    return places_of("Requires-Dist",
                     [&](const auto& text) { return names_requirement(wanted, compared_requirement(text)); });
  }

  Places requirements_of_project(const std::string& project) const {
    return requirements_of({.project = project, .extras = {}, .range = {}, .marker = {}});
  }

  /// For a project of which there is no requirement.
  [[noreturn]] void refuse_unknown(const ComparedRequirement& wanted) const {
    std::set<std::string> projects;
    for (const auto place : places_of("Requires-Dist"))
      projects.insert(compared_requirement(headers_[place].value).project);
    const std::vector<std::string_view> names(projects.begin(), projects.end());
    const auto like = spelled_like(wanted.project, names);
    refuse(ErrorCode::does_not_apply, fmt::format("has no Requires-Dist of {}", wanted.project),
           !like.empty()      ? fmt::format("is it {}?", or_list(like))
           : projects.empty() ? "it has no Requires-Dist at all"
                              : fmt::format("it requires {}", listed({projects.begin(), projects.end()})));
  }

  void remove_requirements(const std::string& text) {
    required_parts(text);
    const auto wanted = compared_requirement(text);
    const auto places = requirements_of(wanted);
    if (!places.empty()) return remove(places);
    const auto others = requirements_of_project(wanted.project);
    if (others.empty()) refuse_unknown(wanted);
    refuse(ErrorCode::does_not_apply,
           fmt::format("has no Requires-Dist '{}'; of {} it has {}", printable(trim(text)), wanted.project,
                       listed(values_at(others))),
           fmt::format("'{}' alone stands for all of them", wanted.project));
  }

  /// Of several requirements of a project, the one that is to be replaced.
  std::size_t place_of(const ComparedRequirement& wanted, const std::string& text) const {
    const auto all = requirements_of_project(wanted.project);
    if (all.empty()) refuse_unknown(wanted);
    auto places = all;
    const auto keep = [&](auto&& is_wanted) {
      std::erase_if(
          places, [&](std::size_t place) { return !is_wanted(compared_requirement(headers_[place].value)); });
    };
    if (all.size() > 1 || !wanted.marker.empty())
      keep([&](const auto& line) { return line.marker == wanted.marker; });
    if (places.size() > 1) keep([&](const auto& line) { return line.extras == wanted.extras; });
    if (places.size() == 1) return places.front();
    refuse_place(wanted, text, all, places);
  }

  /// For `text`, which replaces not one requirement, or one of several.
  [[noreturn]] void refuse_place(const ComparedRequirement& wanted, const std::string& text,
                                 const Places& all, const Places& possible) const {
    const auto parts = read_requirement(text).parts;
    const auto list = listed(values_at(possible.empty() ? all : possible));
    const auto marker = read_requirement(headers_[all.front()].value).parts.marker;
    if (wanted.marker.empty() && !marker.empty())
      refuse(ErrorCode::does_not_apply,
             fmt::format("has several Requires-Dist of {}: {}", wanted.project, list),
             fmt::format("give the marker of the one to replace, like '{}{}; {}'", parts.head, parts.range,
                         printable(marker)));
    refuse(ErrorCode::does_not_apply,
           fmt::format("has {} Requires-Dist of {} with {} marker: {}", possible.empty() ? "no" : "several",
                       wanted.project, wanted.marker.empty() ? "no" : "that",
                       possible.empty() ? "it has " + list : list),
           "remove what is to go, and add the new one");
  }

  void replace_requirement(const std::string& text) {
    const auto parts = required_parts(text);
    const auto wanted = compared_requirement(text);
    const auto place = place_of(wanted, text);
    const auto& line = headers_[place].value;
    if (!compared_requirement(line).is_read)
      refuse(ErrorCode::does_not_apply,
             fmt::format("has Requires-Dist '{}', which installers refuse", printable(line)),
             "remove it, and add the new one");
    replace(place, with_range_of(line, parts));
    warn_of_url(parts);
  }

  void add_requirement(const std::string& text) {
    const auto parts = required_parts(text);
    const auto wanted = compared_requirement(text);
    for (const auto place : requirements_of_project(wanted.project)) {
      const auto& line = headers_[place].value;
      const auto other = compared_requirement(line);
      if (other == wanted)
        refuse(ErrorCode::already_applied, fmt::format("has Requires-Dist '{}' already", printable(line)),
               "leave it out: nothing would change");
      if (other.marker == wanted.marker && other.is_read)
        warn(fmt::format("Requires-Dist '{}' is there too, and both must hold", printable(line)));
    }
    provide_extras(wanted);
    add("Requires-Dist", std::string(trim(text)));
    warn_of_url(parts);
  }

  /// pip ignores the requirements of an extra that isn't provided.
  void provide_extras(const ComparedRequirement& wanted) {
    std::set<std::string> provided;
    for (const auto place : places_of("Provides-Extra"))
      provided.insert(normalize_project_name(headers_[place].value));
    for (const auto& extra : extras_of_marker(wanted.marker))
      if (!provided.contains(extra)) add("Provides-Extra", extra);
  }

  void warn_of_url(const RequirementParts& parts) {
    if (!parts.url.empty())
      warn(fmt::format("'{} @ {}' names a URL: PyPI refuses wheels that require one", parts.head,
                       printable(parts.url)));
  }

  void set_requires_python(const std::string& text) {
    constexpr std::string_view key = "Requires-Python";
    constexpr auto hint = "pip and uv accept ones like >=3.9,!=3.9.7";
    require_line(key, text);
    const auto value = trim(text);
    const std::string requirement = fmt::format("python{}", value);
    const auto [parts, fault] = read_requirement(requirement);
    if (fault)
      refuse_text(key, value, std::max(fault->column, parts.head.size() + 1) - parts.head.size(),
                  fault->message, hint);
    if (parts.head != "python" || parts.specifiers.empty() || parts.range != parts.specifiers ||
        value.ends_with(',') || !parts.marker.empty())
      refuse_text(key, text, 1, "isn't a set of version specifiers", hint);
    const auto places = places_of(key);
    if (places.empty()) return add(std::string(key), std::string(value));
    replace(places.front(), std::string(value));
    remove({places.begin() + 1, places.end()});
  }

  Places classifiers(std::string_view text) const {
    return places_of("Classifier", [&](const auto& value) { return value == trim(text); });
  }

  void remove_classifier(const std::string& text) {
    const auto places = classifiers(text);
    if (!places.empty()) return remove(places);
    refuse(ErrorCode::does_not_apply, fmt::format("has no Classifier '{}'", printable(trim(text))),
           like_classifiers(trim(text)));
  }

  std::string like_classifiers(std::string_view text) const {
    const auto values = values_at(places_of("Classifier"));
    std::vector<std::string> lower;
    for (const auto& value : values) lower.push_back(ascii_lower(value));
    const std::vector<std::string_view> names(lower.begin(), lower.end());
    std::vector<std::string_view> like;
    for (const auto name : spelled_like(text, names))
      like.push_back(values[static_cast<std::size_t>(std::ranges::find(names, name) - names.begin())]);
    return like.empty() ? "it has " + counted(values.size(), "other")
                        : fmt::format("is it {}?", or_list(like));
  }

  void add_classifier(const std::string& text) {
    require_line("Classifier", text);
    if (trim(text).find(" :: ") == std::string_view::npos)
      refuse_text("Classifier", text, 1, "isn't of the form 'Topic :: Utilities'",
                  "https://pypi.org/classifiers lists all that PyPI accepts");
    if (!classifiers(text).empty())
      refuse(ErrorCode::already_applied, fmt::format("has Classifier '{}' already", printable(trim(text))),
             "leave it out: nothing would change");
    add("Classifier", std::string(trim(text)));
  }

  const HeaderDocument& metadata_;
  std::string_view subject_;
  std::vector<HeaderDocument::Header> headers_;
  std::vector<HeaderChange> changes_;
  std::vector<std::string> warnings_;
};

}  // namespace

EditedMetadata edit_metadata(const HeaderDocument& metadata, const MetadataEdit& edit,
                             std::string_view subject) {
  return MetadataEditor(metadata, subject).run(edit);
}

EditedMetadata edit_metadata(WheelEdit& wheel, const MetadataEdit& edit) {
  const auto& folder = wheel.wheel().dist_info();
  const auto path = folder + "/METADATA";
  const auto subject = fmt::format("{}: {}", wheel.wheel().path().string(), printable(path));
  const auto metadata = HeaderDocument::parse(wheel.read(path), subject);
  auto edited = edit_metadata(metadata, edit, subject);
  wheel.set_content(path, edited.document.to_string(), How::metadata);
  for (const auto* name : {"metadata.json", "pydist.json"})
    if (wheel.contains(folder + "/" + name))
      edited.warnings.push_back(fmt::format("{}/{} says what METADATA said before: pip and uv don't read it",
                                            printable(folder), name));
  return edited;
}

}  // namespace wheelfix
