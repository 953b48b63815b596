#pragma once

#include <filesystem>
#include <vector>
#include <wheelfix/recipe.hpp>
#include <wheelfix/site.hpp>

#include "common/options.hpp"

namespace cli {

/// The environment of --env, to be changed, or only read on a dry run; on stderr what an earlier run had
/// left.
wheelfix::Site open_site(const CommandLine& line, wheelfix::SiteAccess access = wheelfix::SiteAccess::change);
/// The same of another environment.
wheelfix::Site open_site(const CommandLine& line, const std::vector<std::filesystem::path>& paths,
                         wheelfix::SiteAccess access = wheelfix::SiteAccess::change);

/// `command` and `sources` are for wheelfix.json.
wheelfix::SiteCommitOptions site_commit_options(const CommandLine& line, std::string command,
                                                std::vector<wheelfix::AppliedSource> sources = {});
/// What a recipe changes a package by.
std::vector<wheelfix::AppliedSource> sources_of(const wheelfix::Recipe& recipe);

/// On stdout: the distributions that were changed, or the JSON document. If this can't be written, the error
/// says that nothing is changed, because this is a wheelfix::SiteAnnouncement, or part of one.
void print_committed(const CommandLine& line, const wheelfix::Site& site,
                     const std::vector<wheelfix::Wheel>& packages,
                     const std::vector<wheelfix::CommittedEdit>& results);

}  // namespace cli
