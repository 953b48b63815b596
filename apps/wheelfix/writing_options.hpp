#pragma once

#include <string>
#include <wheelfix/binary.hpp>
#include <wheelfix/edit.hpp>

#include "common/options.hpp"

namespace cli {

/// --env, for commands that change wheels or what is installed.
void add_environment_option(CommandLine& line);
/// Gives an edit the label of --suffix, if there is one.
void set_label(const CommandLine& line, wheelfix::WheelEdit& edit);
/// Throws Error{usage} for an option that makes no sense with --env.
void refuse_wheel_options(const CommandLine& line);

/// Whether a command sets local version labels.
enum class Labels { set, stay };

/// What the commands that write wheels have in common, under "Writing". `also_forced`: what else --force does
/// for this command.
void add_writing_group(CommandLine& line, const std::string& also_forced = {}, Labels labels = Labels::set);
/// --rpath-kind and --verify are the command's own to add.
wheelfix::SearchPathKind rpath_kind(const CommandLine& line);
wheelfix::Verification verification(const CommandLine& line);
wheelfix::WriteOptions write_options(const CommandLine& line);
/// Throws Error{usage}.
[[noreturn]] void refuse_no_suffix(const CommandLine& line);

}  // namespace cli
