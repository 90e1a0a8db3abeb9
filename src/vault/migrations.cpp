#include "vault/sealed_table.hpp"
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
)"},
          {"vault", 2, R"(CREATE TABLE refresh_work (
  connection text PRIMARY KEY,
  due_at bigint,
  tries bigint NOT NULL,
  fence bigint NOT NULL,
  owner text,
  beat bigint NOT NULL,
  fingerprint blob,
  started_at bigint
);
CREATE INDEX refresh_work_due ON refresh_work (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX refresh_work_held ON refresh_work (started_at) WHERE owner IS NOT NULL;
INSERT INTO refresh_work (connection, due_at, tries, fence, beat)
  SELECT id, CASE WHEN refresh_token IS NULL OR state = 'needs_reauthorization' THEN NULL
    ELSE expires_at END, 0, 0, 0 FROM connection;
UPDATE refresh_work SET owner = 'an earlier version',
  fingerprint = (SELECT i.fingerprint FROM refresh_intent i WHERE i.connection = refresh_work.connection),
  started_at = (SELECT i.started_at FROM refresh_intent i WHERE i.connection = refresh_work.connection)
  WHERE connection IN (SELECT i.connection FROM refresh_intent i);
DROP TABLE refresh_intent;
)"},
          {"vault", 3, R"(ALTER TABLE data_key ADD COLUMN in_use_at bigint;
ALTER TABLE data_key ADD COLUMN retired_at bigint;
ALTER TABLE data_key ADD COLUMN resealing_at bigint;
UPDATE data_key SET in_use_at = created_at;
CREATE TABLE key_holder (
  id text PRIMARY KEY,
  root_fingerprint text NOT NULL,
  heard_key bigint NOT NULL,
  held_key bigint NOT NULL,
  sealing_key bigint NOT NULL,
  seen_at bigint NOT NULL
);
)"},
          {"vault", 4, R"(ALTER TABLE data_key ADD COLUMN seals bigint NOT NULL DEFAULT 0;
)"},
          {"vault", 5, R"(ALTER TABLE refresh_work ADD COLUMN dies_at bigint;
ALTER TABLE refresh_work ADD COLUMN warned bigint;
CREATE INDEX refresh_work_end ON refresh_work (dies_at) WHERE dies_at IS NOT NULL;
)"},
          // Lists in their order; `…_key`: texts in lower case, by whose beginning is searched.
          {"vault", 6, R"(ALTER TABLE connection ADD COLUMN user_key text NOT NULL DEFAULT '';
ALTER TABLE connection ADD COLUMN account_key text NOT NULL DEFAULT '';
UPDATE connection SET user_key = lower(user_id), account_key = lower(external_account);
DROP INDEX connection_workspace;
CREATE INDEX connection_newest ON connection (workspace, created_at, id);
CREATE INDEX connection_state ON connection (workspace, state, created_at, id);
CREATE INDEX connection_app ON connection (app, created_at, id);
CREATE INDEX connection_app_state ON connection (app, state, created_at, id);
CREATE INDEX connection_user ON connection (workspace, user_key, created_at, id, app, state);
CREATE INDEX connection_account ON connection (workspace, account_key, created_at, id, app, state)
  WHERE account_key <> '';
)"},
          // How the last refreshes came out: refresh/past.hpp.
          {"vault", 7, R"(ALTER TABLE refresh_work ADD COLUMN past text NOT NULL DEFAULT '';
)"}};
}

std::vector<SealedTable> sealed_tables() {
  return {{.name = "app",
           .key = {"id"},
           .sealed = {"client_secret"},
           .workspace = "workspace",
           .version = "version"},
          {.name = "connection",
           .key = {"id"},
           .sealed = {"access_token", "refresh_token"},
           .workspace = "workspace",
           .version = "version"}};
}

}  // namespace wayleave::vault
