#include "api/openapi.hpp"

#include <yaml-cpp/yaml.h>

#include <charconv>

#include "api/json_writer.hpp"
#include "api/problem.hpp"
#include "api/routes.hpp"
#include "base/embedded.hpp"
#include "base/log.hpp"

namespace wayleave {
extern const Embedded openapi_files[];
}

namespace wayleave::api {
namespace {

bool is_number(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  const bool leading_zero = text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
  return read.ec == std::errc{} && read.ptr == end && !leading_zero && text.back() != '.' &&
         text != "inf" && text != "nan";
}

std::string scalar(const YAML::Node& node) {
  const std::string& text = node.Scalar();
  const bool plain = node.Tag() == "?";
  if (plain && (text == "true" || text == "false" || text == "null")) return text;
  if (plain && (text.empty() || text == "~")) return "null";
  if (plain && is_number(text)) return text;
  return json_quote(text);
}

std::string convert(const YAML::Node& node);

/// The map's members and, behind `<<`, those of another map that it does not name itself.
std::string convert_map(const YAML::Node& node) {
  JsonWriter out;
  for (const auto& member : node) {
    if (member.first.Scalar() != "<<") {
      out.raw(member.first.Scalar(), convert(member.second));
      continue;
    }
    for (const auto& inherited : member.second) {
      const std::string& name = inherited.first.Scalar();
      if (!node[name]) out.raw(name, convert(inherited.second));
    }
  }
  return out.str();
}

std::string convert(const YAML::Node& node) {
  switch (node.Type()) {
    case YAML::NodeType::Scalar:
      return scalar(node);
    case YAML::NodeType::Sequence: {
      std::vector<std::string> items;
      for (const YAML::Node& item : node) items.push_back(convert(item));
      return json_array(items);
    }
    case YAML::NodeType::Map:
      return convert_map(node);
    case YAML::NodeType::Null:
    case YAML::NodeType::Undefined:
      return "null";
  }
  return "null";
}

Task<net::Response> answer(std::shared_ptr<const Result<std::string>> document,
                           net::Request request) {
  if (!*document) co_return problem(document->error(), request.request_id);
  auto response = net::json_response(200, **document);
  response.fields.set("Access-Control-Allow-Origin", "*");
  co_return response;
}

}  // namespace

Result<std::string> yaml_to_json(std::string_view yaml) {
  try {
    return convert(YAML::Load(std::string(yaml)));
  } catch (const YAML::Exception& error) {
    return internal(std::string("YAML: ") + error.what());
  }
}

Result<std::string> openapi_json() { return yaml_to_json(openapi_files[0].bytes()); }

void add_openapi_route(net::Router& router) {
  // Shared by the requests that are answered at the same time.
  const auto document = std::make_shared<const Result<std::string>>(openapi_json());
  router.add({"GET", "/openapi.json", [document](net::Request request) {
                return answer(document, std::move(request));
              }});
}

}  // namespace wayleave::api
