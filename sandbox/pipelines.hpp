#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "sandbox/object_types.hpp"

namespace wayleave::sandbox {

struct Stage {
  std::string id;
  std::string label;
  int display_order = 0;
  bool closed = false;
  std::string probability = {};  ///< of deals: "0.2"
};

struct Pipeline {
  std::string id;
  std::string label;
  int display_order = 0;
  std::vector<Stage> stages;
  Instant created = {};

  [[nodiscard]] const Stage* find(std::string_view stage_id) const;
};

/// HubSpot's default sales and support pipelines; contacts and companies have none.
[[nodiscard]] std::vector<Pipeline> standard_pipelines(Kind kind, Instant born);

}  // namespace wayleave::sandbox
