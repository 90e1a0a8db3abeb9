#include "app/doctor/doctor.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "api/json_writer.hpp"
#include "app/cli/verbs.hpp"

namespace wayleave::app::cli {
namespace {

std::string_view word(Finding::State state) {
  switch (state) {
    case Finding::State::Fine:
      return "ok";
    case Finding::State::Warning:
      return "warn";
    case Finding::State::Broken:
      return "fail";
  }
  return "fail";
}

void print_json(Context& context, const std::vector<Finding>& findings, bool healthy) {
  std::vector<std::string> checks;
  for (const Finding& finding : findings) {
    api::JsonWriter check;
    check.text("name", finding.name)
        .text("state", word(finding.state))
        .text("detail", finding.detail)
        .text_or_null("remedy", finding.remedy)
        .text_or_null("code", finding.code);
    checks.push_back(check.str());
  }
  api::JsonWriter out;
  context.out << out.boolean("healthy", healthy).raw("checks", api::json_array(checks)).str()
              << "\n";
}

void print_text(Context& context, const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    std::string state(word(finding.state));
    state.resize(5, ' ');
    context.out << state << finding.name << ": " << finding.detail << "\n";
    if (!finding.remedy.empty()) context.out << "     -> " << finding.remedy << "\n";
  }
}

}  // namespace

void add_doctor(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("doctor", "Check this installation and say what to mend");
  verb->footer(
      "Takes the options of serve. Repairs nothing. Exit code 0: well, perhaps with warnings;\n"
      "1: something is broken.\n\n"
      "Example:\n  wayleave doctor --config /etc/wayleave.yaml");
  auto values = std::make_shared<OptionValues>();
  add_options(*verb, serve_options(), *values);
  add_options(*verb, data_options(), *values);
  auto json = std::make_shared<bool>(false);
  auto deep = std::make_shared<bool>(false);
  verb->add_flag("--json", *json, "print JSON");
  verb->add_flag("--deep", *deep, "open every sealed value, not only some");
  verb->callback([&context, values, json, deep] {
    const auto findings = examine(*values, context.environment, *deep);
    const bool healthy = std::ranges::none_of(
        findings, [](const Finding& finding) { return finding.state == Finding::State::Broken; });
    if (*json) {
      print_json(context, findings, healthy);
    } else {
      print_text(context, findings);
    }
    if (!healthy) context.exit_code = kFailed;
  });
}

}  // namespace wayleave::app::cli
