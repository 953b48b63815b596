#pragma once

#include <wheelfix/wheel.hpp>

#include "zip/archive.hpp"

namespace wheelfix {

/// What a wheel is read from. Its entries are in the order of Wheel::entries. Throws Error{usage} for what is
/// installed.
const zip::Archive& archive_of(const Wheel& wheel);

}  // namespace wheelfix
