#include <algorithm>
#include <boost/json.hpp>

#include "sandbox/association_json.hpp"
#include "sandbox/batch.hpp"
#include "sandbox/crm_endpoints.hpp"
#include "sandbox/json_reader.hpp"
#include "sandbox/limits.hpp"
#include "sandbox/record_lookup.hpp"
#include "sandbox/reply.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

constexpr std::size_t kLinksPerInput = 500;
constexpr std::size_t kLabelsMax = 100;

struct Types {
  Kind from, to;
};

Outcome<Types> open_types(Call& call, Access access) {
  WL_TRY(const ObjectType* from, open_type(call, call.param(0), access));
  WL_TRY(const ObjectType* to, open_type(call, call.param(1), access));
  return Types{from->kind, to->kind};
}

/// The id inside a member such as `"from": {"id": "1"}`.
std::string nested_id(const json::object& input, std::string_view name) {
  const json::value* member = input.if_contains(name);
  if (member == nullptr || !member->is_object()) return {};
  return text_member(member->get_object(), "id");
}

Outcome<Node> live_end(Call& call, Kind kind, const std::string& id) {
  const Record* record = find_live(call.crm(), kind, nullptr, id);
  if (record == nullptr) {
    Problem problem = unknown_ids({id});
    problem.message =
        "No " + std::string(object_type(kind).singular) + " with ID " + id + " exists";
    return std::unexpected(std::move(problem));
  }
  return Node{kind, record->id};
}

struct Ends {
  Node from, to;
};

Outcome<Ends> read_ends(Call& call, const Types& types, const json::object& input) {
  WL_TRY(const Node from, live_end(call, types.from, nested_id(input, "from")));
  WL_TRY(const Node to, live_end(call, types.to, nested_id(input, "to")));
  return Ends{from, to};
}

/// Runs `use` over the inputs of a write batch; inputs that fail are told and left out.
template <class Use>
Outcome<net::Response> for_each_input(Call& call, int status, Use use) {
  WL_TRY(const Types types, open_types(call, Access::Write));
  WL_TRY(const json::array inputs, batch_inputs(call, kAssociationBatchWriteMax));
  json::array results;
  std::vector<Problem> errors;
  for (const json::value& input : inputs) {
    Outcome<void> done = use(types, input.get_object(), results);
    if (!done) errors.push_back(std::move(done.error()));
  }
  if (status == 204 && errors.empty()) return no_content();
  return batch_answer(status, call.now, std::move(results), errors);
}

json::object show_links(const Associations& associations,
                        const Node& from,
                        Kind to,
                        std::uint64_t after) {
  const auto& links = associations.links(from, to);
  json::array shown;
  json::object out{{"from", json::object{{"id", std::to_string(from.id)}}}};
  for (auto at = links.lower_bound(after); at != links.end(); ++at) {
    if (shown.size() == kLinksPerInput) {
      out["paging"] = {{"next", {{"after", std::to_string(at->first)}}}};
      break;
    }
    shown.push_back(show_link(associations, from.kind, at->first, at->second));
  }
  out["to"] = std::move(shown);
  return out;
}

json::object show_label(const AssociationType& type) {
  json::object out{{"category", type.category}, {"typeId", type.id}, {"label", nullptr}};
  if (!type.label.empty()) out["label"] = type.label;
  return out;
}

}  // namespace

Outcome<net::Response> batch_read_associations(Call& call) {
  WL_TRY(const Types types, open_types(call, Access::Read));
  WL_TRY(const json::array inputs, batch_inputs(call, kAssociationBatchReadMax));
  json::array results;
  std::vector<Problem> errors;
  for (const json::value& input : inputs) {
    const std::string id = text_member(input.get_object(), "id");
    const std::string after = text_member(input.get_object(), "after");
    const auto node = live_end(call, types.from, id);
    if (!node || call.crm().associations.links(*node, types.to).empty()) {
      Problem problem = unknown_ids({id});
      problem.message = "No " + std::string(object_type(types.to).singular) +
                        " is associated with " + std::string(object_type(types.from).singular) +
                        " " + id + ".";
      errors.push_back(std::move(problem));
      continue;
    }
    results.push_back(
        show_links(call.crm().associations, *node, types.to, parse_id(after).value_or(0)));
  }
  return batch_answer(200, call.now, std::move(results), errors);
}

Outcome<net::Response> batch_create_associations(Call& call) {
  return for_each_input(
      call,
      201,
      [&](const Types& types, const json::object& input, json::array& results) -> Outcome<void> {
        WL_TRY(const Ends ends, read_ends(call, types, input));
        const json::value* list = input.if_contains("types");
        if (list == nullptr) return invalid("an input needs from, to and types");
        WL_TRY(const TypeList wanted,
               read_types(call.crm().associations, types.from, types.to, *list));
        WL_TRY(json::object shown, link_labeled(call.crm(), ends.from, ends.to, wanted));
        results.push_back(std::move(shown));
        return {};
      });
}

Outcome<net::Response> batch_default_associations(Call& call) {
  return for_each_input(
      call,
      200,
      [&](const Types& types, const json::object& input, json::array& results) -> Outcome<void> {
        WL_TRY(const Ends ends, read_ends(call, types, input));
        WL_CHECK(link_default(call.crm(), ends.from, ends.to));
        results.push_back(show_default_pair(call.crm().associations, ends.from, ends.to));
        return {};
      });
}

Outcome<net::Response> batch_archive_associations(Call& call) {
  return for_each_input(
      call, 204, [&](const Types& types, const json::object& input, json::array&) -> Outcome<void> {
        const auto from = parse_id(nested_id(input, "from"));
        const json::value* to = input.if_contains("to");
        if (!from || to == nullptr || !to->is_array()) {
          return invalid("an input needs from and a list to");
        }
        for (const json::value& entry : to->get_array()) {
          const auto id =
              entry.is_object() ? parse_id(text_member(entry.get_object(), "id")) : std::nullopt;
          if (id) call.crm().associations.unlink({types.from, *from}, {types.to, *id});
        }
        return {};
      });
}

Outcome<net::Response> batch_archive_labels(Call& call) {
  return for_each_input(
      call, 204, [&](const Types& types, const json::object& input, json::array&) -> Outcome<void> {
        WL_TRY(const Ends ends, read_ends(call, types, input));
        const json::value* list = input.if_contains("types");
        if (list == nullptr) return invalid("an input needs from, to and types");
        WL_TRY(const TypeList wanted,
               read_types(call.crm().associations, types.from, types.to, *list));
        for (const AssociationType* type : wanted) {
          call.crm().associations.unlabel(ends.from, ends.to, *type);
        }
        return {};
      });
}

Outcome<net::Response> list_association_labels(Call& call) {
  WL_TRY(const Types types, open_types(call, Access::Read));
  json::array results;
  for (const AssociationType* type : call.crm().associations.between(types.from, types.to)) {
    results.push_back(show_label(*type));
  }
  return reply(200, {{"results", std::move(results)}});
}

Outcome<net::Response> create_association_label(Call& call) {
  WL_TRY(const Types types, open_types(call, Access::Write));
  WL_TRY(const json::object body, json_body(call));
  JsonReader reader(body);
  const std::string label = reader.text("label").value_or("");
  const std::string name = reader.text("name").value_or("");
  WL_CHECK(reader.finish());
  if (label.empty() || name.empty()) return invalid("label and name are required");
  Associations& associations = call.crm().associations;
  const auto held = associations.between(types.from, types.to);
  if (held.size() >= kLabelsMax) return invalid("There are too many labels between these types");
  if (std::ranges::any_of(held, [&](const auto* type) { return type->name == name; })) {
    return invalid("There is a label with the name " + name + " already");
  }
  const AssociationType& made = associations.define(types.from, types.to, label, name);
  json::array results{show_label(made)};
  if (types.from != types.to) {
    const auto* inverse = associations.find(types.to, types.from, "USER_DEFINED", made.inverse);
    results.push_back(show_label(*inverse));
  }
  return reply(200, {{"results", std::move(results)}});
}

}  // namespace wayleave::sandbox
