#include <boost/json.hpp>
#include <functional>
#include <set>

#include "sandbox/batch.hpp"
#include "sandbox/crm_endpoints.hpp"
#include "sandbox/record_lookup.hpp"
#include "sandbox/record_view.hpp"
#include "sandbox/record_write.hpp"

namespace wayleave::sandbox {
namespace {

namespace json = boost::json;

/// One input of a write: what it will do, found out before anything is written.
struct Step {
  Record* record = nullptr;  ///< null: create
  Values values;
  std::vector<NewLink> links;
  std::string trace;
};

/// How one kind of batch write is done.
struct BatchWrite {
  int status = 200;
  bool tells_new = false;
  /// Reads one input.
  std::function<Outcome<Step>(const json::object& input)> plan;
};

Problem traced(Problem problem, const std::string& trace) {
  if (!trace.empty()) problem.context["objectWriteTraceId"] = {trace};
  return problem;
}

/// True when every input carries its own trace id, so that each may fail alone.
bool all_traced(const json::array& inputs) {
  std::set<std::string> seen;
  for (const json::value& input : inputs) {
    const std::string trace = text_member(input.get_object(), "objectWriteTraceId");
    if (trace.empty() || !seen.insert(trace).second) return false;
  }
  return true;
}

/// HubSpot refuses a batch that names one record twice.
Outcome<void> refuse_repeated(const json::array& inputs) {
  std::set<std::string> seen;
  for (const json::value& input : inputs) {
    const std::string id = to_lower(text_member(input.get_object(), "id"));
    if (!id.empty() && !seen.insert(id).second) {
      return invalid("Duplicate IDs found in batch input: [" + id + "]. IDs must be unique");
    }
  }
  return {};
}

struct Written {
  json::array results;
  std::vector<Problem> errors;
};

/// Carries out one step; the shown record, or why not.
Outcome<json::object> carry_out(Call& call, Kind kind, Step& step, bool tells_new) {
  const Writer writer = writer_of(call);
  const bool is_new = step.record == nullptr;
  RecordView view;
  view.with_url = call.dated();
  for (const auto& [name, value] : step.values) view.properties.push_back(name);
  if (is_new) {
    WL_TRY(step.record, create_record(writer, kind, step.values, step.links));
  } else {
    WL_CHECK(update_record(writer, *step.record, step.values));
  }
  json::object shown = show_record(call.crm(), *step.record, view);
  if (tells_new) shown["new"] = is_new;
  if (!step.trace.empty()) shown["objectWriteTraceId"] = step.trace;
  return shown;
}

/// Whether the step could be carried out now, after those `claimed` by earlier ones.
Outcome<void> check_step(Call& call, Kind kind, const Step& step, std::set<std::string>& claimed) {
  if (step.record == nullptr) {
    WL_CHECK(may_create(call.crm(), kind, step.values));
  } else {
    WL_CHECK(may_update(call.crm(), *step.record, step.values));
  }
  for (const auto& [name, value] : step.values) {
    const Property* property = call.crm().table(kind).find(name);
    if (property == nullptr || !property->has_unique_value || value.empty()) continue;
    if (claimed.insert(name + "=" + to_lower(value)).second) continue;
    Problem problem;
    problem.status = 409;
    problem.category = "CONFLICT";
    problem.message = "Two inputs have the same value of " + name;
    return std::unexpected(std::move(problem));
  }
  return {};
}

/// Runs a batch. Without trace ids the first wrong input fails all of it and nothing is written;
/// an unknown id alone never does.
Outcome<net::Response> run_batch(Call& call,
                                 const ObjectType& type,
                                 const json::array& inputs,
                                 const BatchWrite& write) {
  const bool traceable = all_traced(inputs);
  Written written;
  std::vector<Step> steps;
  std::set<std::string> claimed;
  const auto note = [&](Problem problem, const std::string& trace) -> Outcome<void> {
    if (!traceable && problem.status != 404) return std::unexpected(std::move(problem));
    written.errors.push_back(traced(std::move(problem), trace));
    return {};
  };
  for (const json::value& input : inputs) {
    const std::string trace = text_member(input.get_object(), "objectWriteTraceId");
    Outcome<Step> step = write.plan(input.get_object());
    const Outcome<void> fits =
        step ? check_step(call, type.kind, *step, claimed) : std::unexpected(step.error());
    if (!fits) {
      WL_CHECK(note(fits.error(), trace));
      continue;
    }
    step->trace = trace;
    steps.push_back(*std::move(step));
  }
  for (Step& step : steps) {
    Outcome<json::object> shown = carry_out(call, type.kind, step, write.tells_new);
    if (shown) {
      written.results.push_back(*std::move(shown));
    } else {
      WL_CHECK(note(std::move(shown.error()), step.trace));
    }
  }
  return batch_answer(write.status, call.now, std::move(written.results), written.errors);
}

}  // namespace

Outcome<net::Response> batch_create(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Write));
  WL_TRY(const json::array inputs, batch_inputs(call, kBatchMax));
  BatchWrite write;
  write.status = 201;
  write.plan = [&](const json::object& input) -> Outcome<Step> {
    Step step;
    WL_TRY(step.values, read_values(call.crm(), type->kind, input));
    WL_TRY(step.links, read_links(call.crm(), type->kind, input));
    return step;
  };
  return run_batch(call, *type, inputs, write);
}

Outcome<net::Response> batch_update(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Write));
  WL_TRY(const json::array inputs, batch_inputs(call, kBatchMax));
  WL_CHECK(refuse_repeated(inputs));
  BatchWrite write;
  write.plan = [&](const json::object& input) -> Outcome<Step> {
    const std::string id = text_member(input, "id");
    WL_TRY(const Property* by,
           id_property(call.crm(), type->kind, text_member(input, "idProperty")));
    Step step;
    step.record = find_live(call.crm(), type->kind, by, id);
    if (step.record == nullptr) return std::unexpected(unknown_ids({id}));
    WL_TRY(step.values, read_values(call.crm(), type->kind, input));
    return step;
  };
  return run_batch(call, *type, inputs, write);
}

Outcome<net::Response> batch_upsert(Call& call) {
  WL_TRY(const ObjectType* type, open_type(call, call.param(0), Access::Write));
  WL_TRY(const json::array inputs, batch_inputs(call, kBatchMax));
  WL_CHECK(refuse_repeated(inputs));
  BatchWrite write;
  write.tells_new = true;
  write.plan = [&](const json::object& input) -> Outcome<Step> {
    const std::string id = text_member(input, "id");
    WL_TRY(const Property* by,
           id_property(call.crm(), type->kind, text_member(input, "idProperty")));
    Step step;
    step.record = find_live(call.crm(), type->kind, by, id);
    if (step.record == nullptr && by == nullptr) return std::unexpected(unknown_ids({id}));
    WL_TRY(step.values, read_values(call.crm(), type->kind, input));
    if (step.record == nullptr) {
      json::object key{{"properties", json::object{{by->name, id}}}};
      WL_TRY(const Values own, read_values(call.crm(), type->kind, key));
      step.values.insert(own.begin(), own.end());
    }
    return step;
  };
  return run_batch(call, *type, inputs, write);
}

}  // namespace wayleave::sandbox
