#include <boost/json.hpp>

#include "sandbox/association_json.hpp"
#include "sandbox/crm_endpoints.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/record_view.hpp"
#include "sandbox/reply.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t kPageMax = 500;

Outcome<Node> live_node(Call& call, Kind kind, std::string_view id) {
  const auto number = parse_id(id);
  const Record* record = number ? call.crm().of(kind).live(*number) : nullptr;
  if (record == nullptr) {
    return not_found(std::string(object_type(kind).singular) + " " + std::string(id) +
                     " does not exist");
  }
  return Node{kind, record->id};
}

struct Ends {
  Node from, to;
};

/// Both records of `/{fromType}/{fromId}/associations/{toType}/{toId}`.
Outcome<Ends> open_ends(Call& call) {
  WL_TRY(const ObjectType* from, open_type(call, call.param(0), Access::Write));
  WL_TRY(const ObjectType* to, open_type(call, call.param(2), Access::Write));
  WL_TRY(const Node first, live_node(call, from->kind, call.param(1)));
  WL_TRY(const Node second, live_node(call, to->kind, call.param(3)));
  return Ends{first, second};
}

}  // namespace

Outcome<net::Response> list_associations(Call& call) {
  WL_TRY(const ObjectType* from, open_type(call, call.param(0), Access::Read));
  WL_TRY(const ObjectType* to, open_type(call, call.param(2), Access::Read));
  WL_TRY(const Paging paging, read_paging(call.query, kPageMax, kPageMax));
  WL_TRY(const Node node, live_node(call, from->kind, call.param(1)));
  const Associations& associations = call.crm().associations;
  const auto& links = associations.links(node, to->kind);
  json::array results;
  json::object out;
  for (auto at = links.lower_bound(paging.after); at != links.end(); ++at) {
    if (results.size() == paging.limit) {
      out["paging"] = json::object{{"next", next_page(call, std::to_string(at->first))}};
      break;
    }
    results.push_back(show_link(associations, node.kind, at->first, at->second));
  }
  out["results"] = std::move(results);
  return reply(200, out);
}

Outcome<net::Response> put_default_association(Call& call) {
  WL_TRY(const Ends ends, open_ends(call));
  WL_CHECK(link_default(call.crm(), ends.from, ends.to));
  json::array results{show_default_pair(call.crm().associations, ends.from, ends.to),
                      show_default_pair(call.crm().associations, ends.to, ends.from)};
  const std::string at = to_rfc3339(call.now);
  return reply(200,
               {{"status", "COMPLETE"},
                {"results", std::move(results)},
                {"startedAt", at},
                {"completedAt", at}});
}

Outcome<net::Response> put_association(Call& call) {
  WL_TRY(const Ends ends, open_ends(call));
  WL_TRY(const json::value body, json_value(call));
  WL_TRY(const auto types, read_types(call.crm().associations, ends.from.kind, ends.to.kind, body));
  WL_TRY(const json::object shown, link_labeled(call.crm(), ends.from, ends.to, types));
  return reply(201, shown);
}

Outcome<net::Response> delete_association(Call& call) {
  WL_TRY(const ObjectType* from, open_type(call, call.param(0), Access::Write));
  WL_TRY(const ObjectType* to, open_type(call, call.param(2), Access::Write));
  const auto first = parse_id(call.param(1));
  const auto second = parse_id(call.param(3));
  if (first && second) {
    call.crm().associations.unlink({from->kind, *first}, {to->kind, *second});
  }
  return no_content();
}

}  // namespace wayleave::sandbox
