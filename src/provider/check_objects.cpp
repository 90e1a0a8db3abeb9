#include <fmt/format.h>

#include <algorithm>

#include "provider/read.hpp"
#include "provider/templates.hpp"

namespace wayleave::provider {
namespace {

struct Known {
  const std::vector<Host>& hosts;
  const Limits& limits;
};

std::string read_path(Section& call) {
  std::string path = call.required_text("path");
  if (path.empty()) return path;
  const auto names = placeholders(path);
  const bool known = names && std::ranges::all_of(*names, [](const std::string& name) {
                       return name == "id" || name == "object";
                     });
  if (!path.starts_with('/') || path.starts_with("//") || path.find("..") != std::string::npos ||
      path.find_first_of("?# \\") != std::string::npos || !known) {
    call.complain("path", "must be a path like /crm/contacts/{id} (no query, no '..')");
  }
  return path;
}

/// One kind of call on an object: where it goes, how the request is wrapped, where the answer lies.
Object::Call read_call(std::string_view name, Section& call, const Known& known) {
  Object::Call read{.name = std::string(name), .method = {}, .path = {}, .host = "default"};
  constexpr const char* methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  const auto method = call.one_of("method", {"GET", "POST", "PUT", "PATCH", "DELETE"});
  if (!call.has("method")) call.complain("method", "is missing");
  if (method) read.method = methods[*method];
  read.path = read_path(call);
  const std::string host = call.text("host");
  if (!host.empty()) read.host = host;
  if (!host.empty() && std::ranges::find(known.hosts, host, &Host::name) == known.hosts.end()) {
    call.complain("host", "is none of this provider's hosts");
  }
  (void)call.pairs("query");
  for (const std::string_view key : {"fields_param", "wrap", "inputs", "results", "total"}) {
    (void)call.text(key);
  }
  (void)call.texts("unique");
  for (const std::string_view key : {"batch_max",
                                     "page_max",
                                     "results_max",
                                     "groups_max",
                                     "filters_per_group_max",
                                     "filters_max",
                                     "query_bytes_max"}) {
    (void)call.integer(key, 1, 10'000'000);
  }
  const std::string window = call.text("window");
  if (!window.empty() && std::ranges::find(known.limits.windows, window, &Limits::Window::name) ==
                             known.limits.windows.end()) {
    call.complain("window", "is none of limits.windows");
  }
  return read;
}

Object read_object(std::string_view name, Section& object, const Known& known) {
  Object read{.name = std::string(name), .title = object.text("title"), .calls = {}};
  if (read.title.empty()) read.title = read.name;
  (void)object.text("type");
  for (const std::string_view key : {"id", "list"}) {
    if (!object.has(key)) object.complain(key, "is missing");
  }
  for (const std::string_view key :
       {"id", "created", "modified", "modified_field", "archived", "fields"}) {
    (void)object.text(key);
  }
  (void)object.texts("default_fields");
  object.section("paging", [](Section& paging) {
    (void)paging.one_of("kind", {"cursor", "offset", "page", "link", "none"});
    if (!paging.has("kind")) paging.complain("kind", "is missing");
    (void)paging.text("param");
    (void)paging.text("next");
    (void)paging.text("limit_param");
  });
  for (const std::string_view key : {"list",
                                     "get",
                                     "create",
                                     "update",
                                     "upsert",
                                     "delete",
                                     "search",
                                     "batch_read",
                                     "batch_create",
                                     "batch_update",
                                     "batch_delete"}) {
    object.section(key, [&](Section& call) { read.calls.push_back(read_call(key, call, known)); });
  }
  return read;
}

}  // namespace

void spread_object_defaults(Node& root) {
  const Node* found = root.find("object_defaults");
  if (found == nullptr) return;
  const Node defaults = *found;
  std::erase_if(root.members, [](const auto& member) { return member.first == "object_defaults"; });
  Node* objects = root.find("objects");
  if (objects == nullptr) return;
  for (auto& [name, object] : objects->members) {
    object = merge(defaults, std::move(object));
    for_each_text(object, [&](Node& text) { text.text = fill(text.text, {{"object", name}}); });
  }
}

std::vector<Object> read_objects(Section& root,
                                 const std::vector<Host>& hosts,
                                 const Limits& limits) {
  std::vector<Object> objects;
  root.each_named("objects", [&](std::string_view name, Section& object) {
    if (!is_member_name(name)) {
      root.complain("objects", fmt::format("'{}' is not a name of letters and digits", name));
    }
    objects.push_back(read_object(name, object, Known{hosts, limits}));
  });
  return objects;
}

}  // namespace wayleave::provider
