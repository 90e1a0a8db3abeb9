#include "vault/vault.hpp"

namespace wayleave::vault {

std::vector<db::Migration> migrations() {
  return {{"vault", 1, R"(CREATE TABLE data_key (
  id bigint PRIMARY KEY,
  root_fingerprint text NOT NULL,
  wrapped blob NOT NULL,
  created_at bigint NOT NULL
);
CREATE TABLE app (
  id text PRIMARY KEY,
  workspace text NOT NULL,
  slug text NOT NULL,
  provider text NOT NULL,
  client_id text NOT NULL,
  client_secret blob NOT NULL,
  app_id text NOT NULL,
  scopes text NOT NULL,
  optional_scopes text NOT NULL,
  return_origins text NOT NULL,
  browser_binding bigint NOT NULL,
  webhook_url text NOT NULL,
  settings text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  version bigint NOT NULL,
  UNIQUE (workspace, slug)
);
CREATE TABLE connection (
  id text PRIMARY KEY,
  workspace text NOT NULL,
  app text NOT NULL REFERENCES app (id),
  user_id text NOT NULL,
  state text NOT NULL,
  state_reason text NOT NULL,
  external_account text NOT NULL,
  granted_scopes text NOT NULL,
  missing_scopes text NOT NULL,
  metadata text NOT NULL,
  access_token blob NOT NULL,
  refresh_token blob,
  life_seconds bigint,
  expires_at bigint,
  refreshed_at bigint,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  version bigint NOT NULL,
  UNIQUE (app, user_id)
);
CREATE INDEX connection_workspace ON connection (workspace, id);
CREATE TABLE refresh_intent (
  connection text PRIMARY KEY,
  version bigint NOT NULL,
  fingerprint blob NOT NULL,
  started_at bigint NOT NULL
);
)"}};
}

}  // namespace wayleave::vault
