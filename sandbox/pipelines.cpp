#include "sandbox/pipelines.hpp"

#include <algorithm>

namespace wayleave::sandbox {

const Stage* Pipeline::find(std::string_view stage_id) const {
  const auto at = std::ranges::find(stages, stage_id, &Stage::id);
  return at == stages.end() ? nullptr : &*at;
}

std::vector<Pipeline> standard_pipelines(Kind kind, Instant born) {
  if (kind == Kind::Deal) {
    return {{"default",
             "Sales Pipeline",
             0,
             {{"appointmentscheduled", "Appointment Scheduled", 0, false, "0.2"},
              {"qualifiedtobuy", "Qualified To Buy", 1, false, "0.4"},
              {"presentationscheduled", "Presentation Scheduled", 2, false, "0.6"},
              {"decisionmakerboughtin", "Decision Maker Bought-In", 3, false, "0.8"},
              {"contractsent", "Contract Sent", 4, false, "0.9"},
              {"closedwon", "Closed Won", 5, true, "1.0"},
              {"closedlost", "Closed Lost", 6, true, "0.0"}},
             born}};
  }
  if (kind == Kind::Ticket) {
    return {{"0",
             "Support Pipeline",
             0,
             {{"1", "New", 0},
              {"2", "Waiting on contact", 1},
              {"3", "Waiting on us", 2},
              {"4", "Closed", 3, true}},
             born}};
  }
  return {};
}

}  // namespace wayleave::sandbox
