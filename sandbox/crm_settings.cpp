#include <algorithm>
#include <boost/json.hpp>

#include "sandbox/crm.hpp"
#include "sandbox/crm_endpoints.hpp"
#include "sandbox/record_view.hpp"
#include "sandbox/reply.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t kOwnersDefault = 100;
constexpr std::size_t kOwnersMax = 500;

json::object show_owner(const Owner& owner) {
  json::object out{{"id", std::to_string(owner.id)},
                   {"email", owner.email},
                   {"type", "PERSON"},
                   {"firstName", owner.first_name},
                   {"lastName", owner.last_name},
                   {"userId", nullptr},
                   {"userIdIncludingInactive", owner.user_id},
                   {"createdAt", to_rfc3339(owner.created)},
                   {"updatedAt", to_rfc3339(owner.created)},
                   {"archived", owner.archived},
                   {"teams", json::array()}};
  if (!owner.archived) out["userId"] = owner.user_id;
  return out;
}

json::object show_stage(const Stage& stage, const Pipeline& pipeline) {
  json::object metadata{{"isClosed", stage.closed ? "true" : "false"}};
  if (stage.probability.empty()) {
    metadata = {{"ticketState", stage.closed ? "CLOSED" : "OPEN"},
                {"isClosed", stage.closed ? "true" : "false"}};
  } else {
    metadata["probability"] = stage.probability;
  }
  return {{"id", stage.id},
          {"label", stage.label},
          {"displayOrder", stage.display_order},
          {"metadata", std::move(metadata)},
          {"createdAt", to_rfc3339(pipeline.created)},
          {"updatedAt", to_rfc3339(pipeline.created)},
          {"archived", false}};
}

json::array show_stages(const Pipeline& pipeline) {
  json::array stages;
  for (const Stage& stage : pipeline.stages) stages.push_back(show_stage(stage, pipeline));
  return stages;
}

json::object show_pipeline(const Pipeline& pipeline) {
  return {{"id", pipeline.id},
          {"label", pipeline.label},
          {"displayOrder", pipeline.display_order},
          {"stages", show_stages(pipeline)},
          {"createdAt", to_rfc3339(pipeline.created)},
          {"updatedAt", to_rfc3339(pipeline.created)},
          {"archived", false}};
}

Outcome<std::vector<Pipeline>*> open_pipelines(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Read));
  return &call.crm().pipelines_of(type->kind);
}

Outcome<const Pipeline*> find_pipeline(Call& call) {
  WL_TRY(const std::vector<Pipeline>* pipelines, open_pipelines(call));
  const auto at = std::ranges::find(*pipelines, call.param(1), &Pipeline::id);
  if (at == pipelines->end()) return not_found();
  return &*at;
}

}  // namespace

Outcome<net::Response> list_owners(Call& call) {
  WL_CHECK(call.require_any({"crm.objects.owners.read", "contacts"}));
  WL_TRY(const Paging paging, read_paging(call.query, kOwnersDefault, kOwnersMax));
  WL_TRY(const bool archived, read_bool(call.query, "archived"));
  const auto email = call.query.find("email");
  json::array results;
  json::object out;
  for (const Owner& owner : call.crm().owners) {
    if (owner.id < paging.after || owner.archived != archived) continue;
    if (email && owner.email != *email) continue;
    if (results.size() == paging.limit) {
      out["paging"] = json::object{{"next", next_page(call, std::to_string(owner.id))}};
      break;
    }
    results.push_back(show_owner(owner));
  }
  out["results"] = std::move(results);
  return reply(200, out);
}

Outcome<net::Response> get_owner(Call& call) {
  WL_CHECK(call.require_any({"crm.objects.owners.read", "contacts"}));
  WL_TRY(const bool archived, read_bool(call.query, "archived"));
  const bool by_user = call.query.get("idProperty") == "userId";
  const auto id = parse_id(call.param(0));
  for (const Owner& owner : call.crm().owners) {
    const bool same = id && (by_user ? owner.user_id : owner.id) == *id;
    if (same && owner.archived == archived) return reply(200, show_owner(owner));
  }
  return not_found();
}

Outcome<net::Response> list_pipelines(Call& call) {
  WL_TRY(const std::vector<Pipeline>* pipelines, open_pipelines(call));
  json::array results;
  for (const Pipeline& pipeline : *pipelines) results.push_back(show_pipeline(pipeline));
  return reply(200, {{"results", std::move(results)}});
}

Outcome<net::Response> get_pipeline(Call& call) {
  WL_TRY(const Pipeline* pipeline, find_pipeline(call));
  return reply(200, show_pipeline(*pipeline));
}

Outcome<net::Response> list_stages(Call& call) {
  WL_TRY(const Pipeline* pipeline, find_pipeline(call));
  return reply(200, {{"results", show_stages(*pipeline)}});
}

}  // namespace wayleave::sandbox
