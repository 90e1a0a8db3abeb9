#include "sandbox/oauth_form.hpp"

#include "sandbox/world.hpp"

namespace wayleave::sandbox {

Outcome<Params> oauth_form(const Call& call) {
  if (!has_media_type(call.request, "application/x-www-form-urlencoded")) {
    Problem problem;
    problem.status = 415;
    problem.category = "";
    problem.message = "Unsupported media type: send application/x-www-form-urlencoded";
    return std::unexpected(std::move(problem));
  }
  auto fields = parse_form(call.request.body);
  if (!fields) return invalid("The form is malformed");
  Params form(std::move(*fields));
  for (const auto& [name, value] : form.all()) {
    if (form.count(name) > 1) return invalid("The form repeats the field " + name);
  }
  return form;
}

std::expected<App*, OauthProblem> find_client(Call& call, const Params& form) {
  App* app = call.world.apps.find(form.get("client_id"));
  if (app == nullptr) return std::unexpected(OauthProblem::BadClientId);
  return app;
}

std::expected<void, OauthProblem> check_secret(App& app, const Params& form) {
  if (!app.accept_secret(form.get("client_secret"))) {
    return std::unexpected(OauthProblem::BadClientSecret);
  }
  return {};
}

}  // namespace wayleave::sandbox
