#pragma once

#include <cstddef>
#include <wheelfix/doctor.hpp>

#include "report/page_parts.hpp"

namespace wheelfix {

struct CauseCards {
  Markup listed;   ///< the gravest first
  Markup hygiene;  ///< what is_hygiene
  std::size_t listed_causes = 0;
};

/// A card for each cause: what was found, what it means, what to do, where, and a picture of one of its ways.
CauseCards cause_cards(const Examination& examination);

}  // namespace wheelfix
