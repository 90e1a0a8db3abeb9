#include "crypto/key_ring.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include "base/bytes.hpp"
#include "crypto/aead.hpp"
#include "crypto/place.hpp"

namespace wayleave::crypto {
namespace {

constexpr char format_version = 1;
constexpr std::size_t header_bytes = 5;  // version, key id
constexpr std::size_t sealed_bytes_min = header_bytes + aead_nonce_bytes + aead_tag_bytes;

/// Key bytes in guarded, locked, read-only memory that is wiped when it goes.
class LockedKey {
 public:
  LockedKey(std::uint32_t id, std::string_view bytes)
      : id_(id), bytes_(static_cast<char*>(sodium_malloc(aead_key_bytes))) {
    if (!bytes_) throw std::bad_alloc();
    std::memcpy(bytes_.get(), bytes.data(), aead_key_bytes);
    sodium_mprotect_readonly(bytes_.get());
  }
  [[nodiscard]] std::uint32_t id() const { return id_; }
  [[nodiscard]] std::string_view bytes() const { return {bytes_.get(), aead_key_bytes}; }

 private:
  struct Free {
    void operator()(char* bytes) const { sodium_free(bytes); }
  };
  std::uint32_t id_;
  std::unique_ptr<char, Free> bytes_;
};

// A wrapped key is bound to its id and root key, so that two keys cannot be exchanged.
std::string wrap_associated(std::uint32_t id, std::string_view root_fingerprint) {
  std::string out = "wayleave data key";
  append_u32(out, id);
  out += root_fingerprint;
  return out;
}

Error damaged() {
  return {ErrorKind::Internal,
          "sealed_value_damaged",
          "a stored secret cannot be opened: it was changed, moved or sealed with a key that is "
          "not in this key ring"};
}

}  // namespace

struct KeyRing::Impl {
  std::vector<LockedKey> keys;  // by id, the newest last

  [[nodiscard]] const LockedKey* find(std::uint32_t id) const {
    const auto at = std::ranges::find(keys, id, &LockedKey::id);
    return at == keys.end() ? nullptr : &*at;
  }
};

KeyRing::KeyRing(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KeyRing::KeyRing(KeyRing&&) noexcept = default;
KeyRing& KeyRing::operator=(KeyRing&&) noexcept = default;
KeyRing::~KeyRing() = default;

WrappedKey KeyRing::make_key(const RootKey& root, std::uint32_t id, Random& random) {
  require_sodium();
  std::array<std::uint8_t, aead_key_bytes> key{};
  std::array<std::uint8_t, aead_nonce_bytes> nonce{};
  random.fill(key);
  random.fill(nonce);
  WrappedKey out{.id = id, .root_fingerprint = root.fingerprint(), .wrapped = {}};
  out.wrapped = std::string(1, format_version) + std::string(as_text(nonce));
  out.wrapped += root.raw_.expose([&](std::string_view raw) {
    return aead_seal(raw, as_text(nonce), wrap_associated(id, out.root_fingerprint), as_text(key));
  });
  wipe(key.data(), key.size());
  return out;
}

Result<KeyRing> KeyRing::open(const RootKey& root, const std::vector<WrappedKey>& keys) {
  require_sodium();
  if (keys.empty()) return internal("a key ring needs at least one data key");
  auto impl = std::make_unique<Impl>();
  for (const WrappedKey& key : keys) {
    if (key.root_fingerprint != root.fingerprint()) {
      return fail(ErrorKind::Reject,
                  "root_key_wrong",
                  "this root key (fingerprint " + root.fingerprint() +
                      ") is not the one that protects this database (fingerprint " +
                      key.root_fingerprint + "); start with that key");
    }
    const std::string_view wrapped = key.wrapped;
    const bool known_form =
        wrapped.size() > 1 + aead_nonce_bytes && wrapped.front() == format_version;
    const auto opened = !known_form ? std::nullopt : root.raw_.expose([&](std::string_view raw) {
      return aead_open(raw,
                       wrapped.substr(1, aead_nonce_bytes),
                       wrap_associated(key.id, key.root_fingerprint),
                       wrapped.substr(1 + aead_nonce_bytes));
    });
    if (!opened || opened->size() != aead_key_bytes || impl->find(key.id) != nullptr) {
      return fail(ErrorKind::Internal,
                  "data_key_damaged",
                  "data key " + std::to_string(key.id) +
                      " in the database is damaged; restore the database from a backup");
    }
    opened->expose([&](std::string_view raw) { impl->keys.emplace_back(key.id, raw); });
  }
  std::ranges::sort(impl->keys, {}, &LockedKey::id);
  return KeyRing(std::move(impl));
}

std::string KeyRing::seal(const SecretString& plain, const Place& place) const {
  return plain.expose([&](std::string_view text) { return seal(text, place); });
}

std::string KeyRing::seal(std::string_view plain, const Place& place) const {
  const LockedKey& key = impl_->keys.back();
  std::string sealed(1, format_version);
  append_u32(sealed, key.id());
  const std::string associated = associated_data(sealed, place);
  std::array<char, aead_nonce_bytes> nonce{};
  randombytes_buf(nonce.data(), nonce.size());
  const std::string_view nonce_view(nonce.data(), nonce.size());
  sealed += nonce_view;
  sealed += aead_seal(key.bytes(), nonce_view, associated, plain);
  return sealed;
}

Result<SecretString> KeyRing::open(std::string_view sealed, const Place& place) const {
  if (sealed.size() < sealed_bytes_min || sealed.front() != format_version) {
    return std::unexpected(damaged());
  }
  const std::string_view header = sealed.substr(0, header_bytes);
  const LockedKey* key = impl_->find(read_u32(header.substr(1)));
  if (key == nullptr) return std::unexpected(damaged());
  auto opened = aead_open(key->bytes(),
                          sealed.substr(header_bytes, aead_nonce_bytes),
                          associated_data(header, place),
                          sealed.substr(header_bytes + aead_nonce_bytes));
  if (!opened) return std::unexpected(damaged());
  return *std::move(opened);
}

std::uint32_t KeyRing::newest() const { return impl_->keys.back().id(); }

}  // namespace wayleave::crypto
