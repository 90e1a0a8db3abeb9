#include "app/sso.hpp"

#include <fstream>
#include <iterator>

#include "app/root_key.hpp"
#include "base/text.hpp"

namespace wayleave::app {
namespace {

constexpr std::size_t kSecretMax = 1024;

Result<SecretString> read_client_secret(const std::string& path) {
  const std::string fault = secret_file_fault(path);
  if (!fault.empty()) return reject("oidc-client-secret-file", fault);
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  SecretString secret(trim(std::string_view(text).substr(0, text.find_first_of("\r\n"))));
  wipe(text.data(), text.size());
  if (!in || secret.empty() || secret.size() > kSecretMax) {
    return reject("oidc-client-secret-file", path + ": must hold the client secret in one line");
  }
  return secret;
}

}  // namespace

Result<std::unique_ptr<api::SingleSignOn>> load_sso(const Config& config, Core& core) {
  if (config.oidc.issuer.empty()) return std::unique_ptr<api::SingleSignOn>();
  api::SsoOptions options;
  options.issuer = config.oidc.issuer;
  options.client_id = config.oidc.client_id;
  WL_TRY(options.client_secret, read_client_secret(config.oidc.client_secret_file));
  options.name = config.oidc.name;
  if (!config.oidc.default_role.empty()) {
    WL_TRY(options.default_role, access::parse_role(config.oidc.default_role));
  }
  options.redirect_uri = core.public_url() + "/sso/callback";
  return std::make_unique<api::SingleSignOn>(std::move(options), core.client(), core.clock());
}

}  // namespace wayleave::app
