#include "app/cli/look.hpp"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iterator>

#include "api/json_writer.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"
#include "connect/logo.hpp"

namespace wayleave::app::cli {
namespace {

constexpr std::size_t kTextsBytesMax = std::size_t{128} * 1024;

Result<std::string> read_file(const std::string& path, std::string_view option, std::size_t max) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return reject(std::string(option), "--" + std::string(option) + ": cannot read " + path);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  if (bytes.size() > max) {
    return reject(std::string(option),
                  "--" + std::string(option) + ": " + path + " has more than " +
                      std::to_string(max) + " bytes");
  }
  return bytes;
}

/// The server holds the bytes against the type; here they only choose one.
std::string_view type_of(std::string_view bytes) {
  if (bytes.starts_with("\xff\xd8")) return "image/jpeg";
  if (bytes.starts_with("RIFF")) return "image/webp";
  return "image/png";
}

void add_text(CLI::App& verb,
              const char* name,
              std::optional<std::string>& target,
              const char* type,
              const char* help) {
  verb.add_option_function<std::string>(
          name, [&target](const std::string& value) { target = value; }, help)
      ->type_name(type);
}

}  // namespace

void add_look_options(CLI::App& verb, LookArgs& args) {
  add_text(verb, "--company-name", args.company_name, "TEXT", "your name on the connect page");
  add_text(verb, "--logo", args.logo_file, "FILE", "PNG, JPEG or WebP, up to 64 KiB");
  add_text(verb, "--accent-color", args.accent_color, "#RRGGBB", "colour of the page's button");
  add_text(verb, "--support-url", args.support_url, "URL", "where customers find help");
  add_text(verb,
           "--page-texts",
           args.texts_file,
           "FILE",
           "your own words for the page: JSON, by language and key");
}

Result<std::string> look_json(const LookArgs& args) {
  api::JsonWriter look;
  bool any = false;
  const auto add = [&](const char* name, const std::optional<std::string>& value) {
    if (!value) return;
    look.text(name, *value);
    any = true;
  };
  add("companyName", args.company_name);
  add("accentColor", args.accent_color);
  add("supportUrl", args.support_url);
  if (args.logo_file) {
    connect::Logo logo;
    if (!args.logo_file->empty()) {
      WL_TRY(logo.bytes, read_file(*args.logo_file, "logo", connect::kLogoBytesMax));
      logo.type = type_of(logo.bytes);
    }
    add("logo", connect::data_uri(logo));
  }
  if (args.texts_file) {
    std::string texts = "{}";
    if (!args.texts_file->empty()) {
      WL_TRY(texts, read_file(*args.texts_file, "page-texts", kTextsBytesMax));
      if (!JsonView::parse(texts).valid()) {
        return reject("page-texts", "--page-texts: " + *args.texts_file + " is not JSON");
      }
    }
    look.raw("texts", texts);
    any = true;
  }
  return any ? look.str() : std::string();
}

std::string look_summary(const JsonView& app) {
  const JsonView look = app.member("appearance");
  std::vector<std::string> parts;
  if (const auto name = look.text("companyName"); !name.empty()) parts.push_back(name);
  if (!look.text("logo").empty()) parts.emplace_back("a logo");
  for (const auto* member : {"accentColor", "supportUrl"}) {
    if (const auto text = look.text(member); !text.empty()) parts.push_back(text);
  }
  if (const auto texts = look.member("texts").json(); texts.size() > 2) {
    parts.emplace_back("own texts");
  }
  return join(parts, ", ");
}

}  // namespace wayleave::app::cli
