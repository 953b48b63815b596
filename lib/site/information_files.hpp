#pragma once

#include <wheelfix/wheel.hpp>

namespace wheelfix {

/// The distribution with the files of its dist-info among its entries, as a wheel has them,
/// without what wheelfix keeps there.
Wheel with_information_files(const Wheel& wheel);

}  // namespace wheelfix
