#include "gateway/snapshot.hpp"

#include <functional>
#include <utility>

#include "base/append.hpp"
#include "base/bytes.hpp"
#include "net/http1/head_writer.hpp"

namespace wayleave::gateway {
namespace {

std::size_t change_hash(std::string_view topic, std::string_view key) {
  return std::hash<std::string_view>{}(key) * 31 + std::hash<std::string_view>{}(topic);
}

const std::string& compose(std::string& out, std::string_view first, std::string_view second) {
  out.clear();
  append(out, first, "/", second);
  return out;
}

std::string_view text_of(const Snapshot::Presented& presented) {
  return {presented.data(), presented.size()};
}

}  // namespace

Result<CredentialEntry> CredentialEntry::make(vault::Credential credential) {
  std::string line;
  net::http1::HeadWriter writer(line);
  credential.access_token.expose([&](std::string_view token) {
    // At once, so that no copy is left behind.
    line.reserve(kBeforeToken.size() + token.size() + kAfterToken.size());
    writer.field("Authorization", "Bearer ", token);
  });
  CredentialEntry entry{
      credential.connection, credential.version, credential.refresh_due_at, SecretString(line)};
  wipe(line.data(), line.size());
  if (!writer.ok()) return internal("the stored token cannot stand in a head");
  return entry;
}

const Snapshot::Key* Snapshot::key(const Presented& presented, Instant now) {
  const KeyEntry* held = keys_.find(text_of(presented));
  return held != nullptr && held->key->live(now) ? &held->key : nullptr;
}

const Snapshot::App* Snapshot::app(const WorkspaceId& workspace, std::string_view name) {
  return apps_.find(compose(scratch_, workspace.str(), name));
}

const Snapshot::Credential* Snapshot::credential(const AppId& app,
                                                 std::string_view user,
                                                 Instant now) {
  const Credential* held = credentials_.find(compose(scratch_, app.str(), user));
  if (held == nullptr) return nullptr;
  const auto& due = (*held)->refresh_due_at;
  return due && now >= *due ? nullptr : held;
}

bool Snapshot::current(std::string_view topic,
                       std::string_view key,
                       std::uint64_t heard_before) const {
  if (heard_ - heard_before >= kChangesKept) return false;  // too much happened to tell
  const std::size_t everything = change_hash("*", "");
  const std::size_t wanted = change_hash(topic, key);
  for (std::uint64_t i = heard_before; i < heard_; ++i) {
    const std::size_t change = recent_[i % kChangesKept];
    if (change == wanted || change == everything) return false;
  }
  return true;
}

void Snapshot::put_key(const Presented& presented,
                       std::string_view digest,
                       Key key,
                       std::uint64_t heard_before) {
  if (!current("key", to_hex(digest), heard_before)) return;
  keys_.put(std::string(text_of(presented)), {std::string(digest), std::move(key)});
}

void Snapshot::put_app(std::string_view name, App app, std::uint64_t heard_before) {
  if (!current("app", app->id.str(), heard_before)) return;
  std::string place = compose(scratch_, app->workspace.str(), name);
  apps_.put(std::move(place), std::move(app));
}

void Snapshot::put_credential(const AppId& app,
                              std::string_view user,
                              Credential credential,
                              std::uint64_t heard_before) {
  std::string name = compose(scratch_, app.str(), user);
  if (current("connection", name, heard_before) && current("app", app.str(), heard_before)) {
    credentials_.put(std::move(name), std::move(credential));
  }
}

void Snapshot::forget(std::string_view topic, std::string_view key) {
  recent_[heard_ % kChangesKept] = change_hash(topic, topic == "*" ? "" : key);
  ++heard_;
  if (topic == "key") {
    const auto digest = from_hex(key);
    keys_.erase_if(
        [&](const std::string&, const KeyEntry& held) { return digest && held.digest == *digest; });
  } else if (topic == "connection") {
    credentials_.erase(key);
  } else if (topic == "app") {
    apps_.erase_if([&](const std::string&, const App& app) { return app->id.str() == key; });
    credentials_.erase_if([&](const std::string& name, const Credential&) {
      return name.starts_with(key) && name.substr(key.size()).starts_with('/');
    });
  } else if (topic == "*") {
    keys_.clear();
    apps_.clear();
    credentials_.clear();
  }
}

void Snapshot::forget_credential(const AppId& app, std::string_view user) {
  credentials_.erase(compose(scratch_, app.str(), user));
}

}  // namespace wayleave::gateway
