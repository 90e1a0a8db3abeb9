#include "crypto/key_ring.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <mutex>
#include <new>
#include <set>

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
  void note_seal() const { seals_.fetch_add(1, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t take_seals() const { return seals_.exchange(0); }

 private:
  struct Free {
    void operator()(char* bytes) const { sodium_free(bytes); }
  };
  std::uint32_t id_;
  std::unique_ptr<char, Free> bytes_;
  mutable std::atomic<std::uint64_t> seals_ = 0;
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

using Keys = std::vector<std::shared_ptr<const LockedKey>>;  // by id, the newest last

/// What the ring holds at one moment; replaced as a whole.
struct Holding {
  Keys keys;
  std::shared_ptr<const LockedKey> sealing;

  [[nodiscard]] std::shared_ptr<const LockedKey> find(std::uint32_t id) const {
    const auto at = std::ranges::find(keys, id, &LockedKey::id);
    return at == keys.end() ? nullptr : *at;
  }
};

Error wrong_root(const std::string& fingerprint, const WrappedKey& key) {
  return {ErrorKind::Reject,
          "root_key_wrong",
          "this root key (fingerprint " + fingerprint +
              ") is not the one that protects this database (fingerprint " + key.root_fingerprint +
              "); start with that key"};
}

Error key_damaged(const WrappedKey& key) {
  return {ErrorKind::Internal,
          "data_key_damaged",
          "data key " + std::to_string(key.id) +
              " in the database is damaged; restore the database from a backup"};
}

std::string wrap(std::string_view root,
                 std::string_view root_fingerprint,
                 std::uint32_t id,
                 std::string_view key,
                 Random& random) {
  std::array<std::uint8_t, aead_nonce_bytes> nonce{};
  random.fill(nonce);
  return std::string(1, format_version) + std::string(as_text(nonce)) +
         aead_seal(root, as_text(nonce), wrap_associated(id, root_fingerprint), key);
}

/// `root` are the bytes of the root key with that fingerprint.
Result<SecretString> unwrap(const std::string& fingerprint,
                            std::string_view root,
                            const WrappedKey& key) {
  if (key.root_fingerprint != fingerprint) return std::unexpected(wrong_root(fingerprint, key));
  const std::string_view wrapped = key.wrapped;
  if (wrapped.size() <= 1 + aead_nonce_bytes || wrapped.front() != format_version) {
    return std::unexpected(key_damaged(key));
  }
  auto opened = aead_open(root,
                          wrapped.substr(1, aead_nonce_bytes),
                          wrap_associated(key.id, key.root_fingerprint),
                          wrapped.substr(1 + aead_nonce_bytes));
  if (!opened || opened->size() != aead_key_bytes) return std::unexpected(key_damaged(key));
  return *std::move(opened);
}

WrappedKey make_wrapped(std::string_view root,
                        std::string root_fingerprint,
                        std::uint32_t id,
                        Random& random) {
  require_sodium();
  std::array<std::uint8_t, aead_key_bytes> key{};
  random.fill(key);
  WrappedKey out{
      .id = id, .root_fingerprint = std::move(root_fingerprint), .wrapped = {}, .announced = false};
  out.wrapped = wrap(root, out.root_fingerprint, id, as_text(key), random);
  wipe(key.data(), key.size());
  return out;
}

/// What to hold once these stored keys are taken up; those that are new are opened by `open`.
/// Nothing is let go of and the sealing key never goes back, since what another thread read from
/// the database earlier may arrive later.
template <class Open>
Result<Holding> hold(const std::vector<WrappedKey>& keys, const Holding& held, Open open) {
  Holding next = held;
  std::set<std::uint32_t> seen;
  for (const WrappedKey& key : keys) {
    if (!seen.insert(key.id).second) return std::unexpected(key_damaged(key));
    std::shared_ptr<const LockedKey> locked = held.find(key.id);
    if (!locked) {
      WL_TRY(locked, open(key));
      next.keys.push_back(locked);
    }
    if (!key.announced && (!next.sealing || next.sealing->id() < key.id)) next.sealing = locked;
  }
  std::ranges::sort(next.keys, {}, &LockedKey::id);
  if (!next.sealing) return internal("a key ring needs at least one data key in use");
  return next;
}

}  // namespace

struct KeyRing::Impl {
  mutable std::mutex mutex;
  std::shared_ptr<const LockedKey> root;  // for data keys that are made later
  std::string fingerprint;                // of the root key
  std::shared_ptr<const Holding> holding = std::make_shared<Holding>();

  [[nodiscard]] std::shared_ptr<const Holding> now() const {
    const std::lock_guard lock(mutex);
    return holding;
  }
};

KeyRing::KeyRing(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
KeyRing::KeyRing(KeyRing&&) noexcept = default;
KeyRing& KeyRing::operator=(KeyRing&&) noexcept = default;
KeyRing::~KeyRing() = default;

WrappedKey KeyRing::make_key(const RootKey& root, std::uint32_t id, Random& random) {
  return root.raw_.expose(
      [&](std::string_view raw) { return make_wrapped(raw, root.fingerprint(), id, random); });
}

WrappedKey KeyRing::make_key(std::uint32_t id, Random& random) const {
  const std::lock_guard lock(impl_->mutex);
  return make_wrapped(impl_->root->bytes(), impl_->fingerprint, id, random);
}

Result<WrappedKey> KeyRing::rewrap(const RootKey& from,
                                   const RootKey& to,
                                   const WrappedKey& key,
                                   Random& random) {
  require_sodium();
  const auto opened =
      from.raw_.expose([&](std::string_view raw) { return unwrap(from.fingerprint(), raw, key); });
  if (!opened) return std::unexpected(opened.error());
  WrappedKey out = key;
  out.root_fingerprint = to.fingerprint();
  out.wrapped = to.raw_.expose([&](std::string_view raw) {
    return opened->expose([&](std::string_view bytes) {
      return wrap(raw, out.root_fingerprint, key.id, bytes, random);
    });
  });
  return out;
}

Result<KeyRing> KeyRing::open(const RootKey& root, const std::vector<WrappedKey>& keys) {
  require_sodium();
  KeyRing ring(std::make_unique<Impl>());
  ring.hold_root(root);
  WL_CHECK(ring.take_up(keys));
  return ring;
}

void KeyRing::hold_root(const RootKey& root) const {
  const std::lock_guard lock(impl_->mutex);
  impl_->fingerprint = root.fingerprint();
  root.raw_.expose(
      [&](std::string_view raw) { impl_->root = std::make_shared<LockedKey>(0, raw); });
}

Result<> KeyRing::take_up(const std::vector<WrappedKey>& keys) const {
  const std::lock_guard lock(impl_->mutex);
  const auto open = [&](const WrappedKey& key) -> Result<std::shared_ptr<const LockedKey>> {
    const auto plain = unwrap(impl_->fingerprint, impl_->root->bytes(), key);
    if (!plain) return std::unexpected(plain.error());
    return plain->expose([&](std::string_view bytes) -> std::shared_ptr<const LockedKey> {
      return std::make_shared<LockedKey>(key.id, bytes);
    });
  };
  WL_TRY(Holding next, hold(keys, *impl_->holding, open));
  impl_->holding = std::make_shared<Holding>(std::move(next));
  return {};
}

Result<> KeyRing::take_up(const RootKey& root, const std::vector<WrappedKey>& keys) const {
  // Judged by opening every key, so that a wrong root key is never kept.
  WL_CHECK(open(root, keys));
  hold_root(root);
  return take_up(keys);
}

std::string KeyRing::seal(const SecretString& plain, const Place& place) const {
  return plain.expose([&](std::string_view text) { return seal(text, place); });
}

std::string KeyRing::seal(std::string_view plain, const Place& place) const {
  const auto holding = impl_->now();
  const LockedKey& key = *holding->sealing;
  key.note_seal();
  std::string sealed = prefix_of(key.id());
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
  const auto key = impl_->now()->find(read_u32(header.substr(1)));
  if (key == nullptr) return std::unexpected(damaged());
  auto opened = aead_open(key->bytes(),
                          sealed.substr(header_bytes, aead_nonce_bytes),
                          associated_data(header, place),
                          sealed.substr(header_bytes + aead_nonce_bytes));
  if (!opened) return std::unexpected(damaged());
  return *std::move(opened);
}

bool KeyRing::has_key_of(std::string_view sealed) const {
  if (sealed.size() < sealed_bytes_min || sealed.front() != format_version) return false;
  return impl_->now()->find(read_u32(sealed.substr(1, 4))) != nullptr;
}

std::string KeyRing::prefix_of(std::uint32_t id) {
  std::string prefix(1, format_version);
  append_u32(prefix, id);
  return prefix;
}

std::optional<std::uint32_t> KeyRing::key_of(std::string_view prefix) {
  if (prefix.size() < header_bytes || prefix.front() != format_version) return std::nullopt;
  return read_u32(prefix.substr(1, 4));
}

std::uint64_t KeyRing::take_seals(std::uint32_t id) const {
  const auto key = impl_->now()->find(id);
  return key == nullptr ? 0 : key->take_seals();
}

std::uint32_t KeyRing::newest() const { return impl_->now()->sealing->id(); }

std::uint32_t KeyRing::newest_held() const { return impl_->now()->keys.back()->id(); }

std::string KeyRing::root_fingerprint() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->fingerprint;
}

}  // namespace wayleave::crypto
