#include "connect/installer.hpp"

namespace wayleave::connect {

std::vector<db::Migration> migrations() {
  return {{"connect", 1, R"sql(
CREATE TABLE install_link (
  id text PRIMARY KEY,
  token_digest blob NOT NULL UNIQUE,
  workspace text NOT NULL,
  app text NOT NULL REFERENCES app (id) ON DELETE CASCADE,
  app_user text NOT NULL,
  scopes text,
  return_url text NOT NULL,
  actor text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  used_at bigint
);
CREATE INDEX install_link_expires_at ON install_link (expires_at);
CREATE INDEX install_link_app ON install_link (app);
CREATE TABLE install_flow (
  id text PRIMARY KEY,
  state_digest blob NOT NULL UNIQUE,
  workspace text NOT NULL,
  app text NOT NULL REFERENCES app (id) ON DELETE CASCADE,
  app_version bigint NOT NULL,
  provider text NOT NULL,
  link text REFERENCES install_link (id) ON DELETE CASCADE,
  app_user text NOT NULL,
  redirect_uri text NOT NULL,
  verifier blob,
  scopes text NOT NULL,
  return_url text NOT NULL,
  browser_digest blob,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  consumed_at bigint,
  outcome text NOT NULL DEFAULT ''
);
CREATE INDEX install_flow_expires_at ON install_flow (expires_at);
CREATE INDEX install_flow_link ON install_flow (link);
CREATE INDEX install_flow_app ON install_flow (app);
)sql"},
          {"connect", 2, R"sql(
CREATE TABLE app_appearance (
  app text PRIMARY KEY REFERENCES app (id) ON DELETE CASCADE,
  company_name text NOT NULL,
  logo_type text NOT NULL,
  logo blob NOT NULL,
  accent_color text NOT NULL,
  support_url text NOT NULL,
  texts text NOT NULL,
  updated_at bigint NOT NULL
);
ALTER TABLE install_flow ADD COLUMN missing_scopes text NOT NULL DEFAULT '';
ALTER TABLE install_flow ADD COLUMN opener text NOT NULL DEFAULT '';
ALTER TABLE install_flow ADD COLUMN language text NOT NULL DEFAULT '';
ALTER TABLE install_flow ADD COLUMN repeats text NOT NULL DEFAULT '';
)sql"}};
}

std::vector<vault::SealedTable> sealed_tables() {
  return {
      {.name = "install_flow", .key = {"id"}, .sealed = {"verifier"}, .workspace = "workspace"}};
}

}  // namespace wayleave::connect
