#pragma once

#include <wheelfix/doctor.hpp>

#include "report/page_parts.hpp"

namespace wheelfix {

/// The wheels or installed distributions with their libraries, those first in which something fails; nothing
/// if there are none.
Markup package_list(const Examination& examination);

}  // namespace wheelfix
