#include "oauth/confidential.hpp"

#include <algorithm>

#include "oauth/secret_writer.hpp"

namespace wayleave::oauth {
namespace {

constexpr std::string_view kBlot = "[...]";

}  // namespace

void Confidential::add(std::string_view secret) {
  if (secret.empty()) return;
  keep(secret);
  SecretWriter encoded;
  encoded.append_percent(secret);
  if (encoded.view() != secret) keep(encoded.view());
  SecretWriter quoted;
  quoted.append_json(secret);
  const std::string_view inside = quoted.view().substr(1, quoted.view().size() - 2);
  if (inside != secret) keep(inside);
}

void Confidential::keep(std::string_view form) {
  const auto shorter = [&](const SecretString& kept) { return kept.size() < form.size(); };
  forms_.emplace(std::ranges::find_if(forms_, shorter), form);
}

std::string Confidential::blot(std::string_view text) const {
  std::string out(text);
  for (const SecretString& form : forms_) {
    form.expose([&](std::string_view secret) {
      for (std::size_t at = out.find(secret); at != std::string::npos;
           at = out.find(secret, at + kBlot.size())) {
        out.replace(at, secret.size(), kBlot);
      }
    });
  }
  return out;
}

}  // namespace wayleave::oauth
