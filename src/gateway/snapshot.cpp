#include "gateway/snapshot.hpp"

#include <functional>
#include <utility>

#include "base/bytes.hpp"

namespace wayleave::gateway {
namespace {

std::size_t change_hash(std::string_view topic, std::string_view key) {
  return std::hash<std::string_view>{}(key) * 31 + std::hash<std::string_view>{}(topic);
}

const std::string& compose(std::string& out, std::string_view first, std::string_view second) {
  out.assign(first);
  out += '/';
  out += second;
  return out;
}

}  // namespace

const Snapshot::Key* Snapshot::key(std::string_view digest, Instant now) {
  const Key* held = keys_.find(digest);
  return held != nullptr && (*held)->live(now) ? held : nullptr;
}

const Snapshot::App* Snapshot::app(const WorkspaceId& workspace, std::string_view slug) {
  return apps_.find(compose(scratch_, workspace.str(), slug));
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

void Snapshot::put_key(std::string_view digest, Key key, std::uint64_t heard_before) {
  if (current("key", to_hex(digest), heard_before)) {
    keys_.put(std::string(digest), std::move(key));
  }
}

void Snapshot::put_app(App app, std::uint64_t heard_before) {
  if (!current("app", app->id.str(), heard_before)) return;
  std::string name = compose(scratch_, app->workspace.str(), app->slug);
  apps_.put(std::move(name), std::move(app));
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
    if (const auto digest = from_hex(key)) keys_.erase(*digest);
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
