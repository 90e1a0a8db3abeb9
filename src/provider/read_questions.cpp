#include <fmt/format.h>

#include <algorithm>

#include "provider/read.hpp"

namespace wayleave::provider {
namespace {

constexpr std::size_t kStepsMax = 20;

std::vector<Scope> read_scopes(Section& root, const std::string& separator) {
  std::vector<Scope> scopes;
  root.each("scopes", [&](Section& inner) {
    Scope scope{.name = inner.required_text("name"),
                .title = inner.required_text("title"),
                .grants = inner.text("grants"),
                .tier = inner.text("tier"),
                .required = inner.flag("required", false),
                .needs = inner.texts("requires")};
    if (scope.grants.empty()) scope.grants = scope.title;
    const bool shaped =
        scope.name.size() <= 256 && std::ranges::all_of(scope.name, [](char c) {
          return c > 0x20 && c < 0x7f && c != '"' && c != '\\';  // RFC 6749 section 3.3
        });
    if (!shaped || scope.name.find(separator) != std::string::npos) {
      inner.complain("name", "has characters that a scope cannot have");
    }
    if (std::ranges::find(scopes, scope.name, &Scope::name) != scopes.end())
      inner.complain("name", "stands twice");
    scopes.push_back(std::move(scope));
  });
  for (const Scope& scope : scopes) {
    for (const std::string& other : scope.needs) {
      if (other == scope.name || std::ranges::find(scopes, other, &Scope::name) == scopes.end()) {
        root.complain(
            "scopes",
            fmt::format(
                "'{}' requires '{}', which is no other scope of the list", scope.name, other));
      }
    }
  }
  return scopes;
}

std::vector<Field> read_fields(Section& root) {
  std::vector<Field> fields;
  root.each("fields", [&](Section& inner) {
    Field field{.name = inner.required_text("name"),
                .title = inner.required_text("title"),
                .hint = inner.text("hint"),
                .pattern = inner.text("pattern"),
                .secret = inner.flag("secret", false),
                .required = inner.flag("required", false)};
    if (!is_member_name(field.name)) inner.complain("name", "is not a field's name");
    if (!compiles(field.pattern)) inner.complain("pattern", "is not a regular expression of RE2");
    fields.push_back(std::move(field));
  });
  return fields;
}

/// `fields`: those that have been read already.
std::vector<SetupStep> read_setup_guide(Section& root,
                                        const Reading& reading,
                                        const std::vector<Field>& fields) {
  constexpr const char* copies[] = {"redirectUrl", "webhookUrl", "scopes"};
  std::vector<SetupStep> steps;
  root.each("setup_guide", [&](Section& inner) {
    SetupStep step{.title = inner.required_text("title"),
                   .text = inner.required_text("text"),
                   .link = read_url(inner, "link", reading, true, false),
                   .copy = {},
                   .fields = inner.texts("fields")};
    const auto copy = inner.one_of("copy", {"redirect_url", "webhook_url", "scopes"});
    if (copy) step.copy = copies[*copy];
    for (const std::string& name : step.fields) {
      if (std::ranges::find(fields, name, &Field::name) == fields.end()) {
        inner.complain("fields", fmt::format("'{}' is none of the provider's fields", name));
      }
    }
    steps.push_back(std::move(step));
  });
  if (steps.size() > kStepsMax) {
    root.complain("setup_guide", fmt::format("has more than {} steps", kStepsMax));
  }
  return steps;
}

}  // namespace

void read_questions(Section& root, const Reading& reading, Provider& provider) {
  provider.scopes = read_scopes(root, provider.auth.scope_separator);
  provider.fields = read_fields(root);
  provider.setup_guide = read_setup_guide(root, reading, provider.fields);
}

}  // namespace wayleave::provider
