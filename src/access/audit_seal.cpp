#include "access/audit_seal.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "access/audit_rows.hpp"
#include "base/text.hpp"

namespace wayleave::access {
namespace {

constexpr std::string_view kLayout = "wayleave audit seal 1";
constexpr std::size_t kHashBytes = 32;

/// The row's name, so that names are in the order of the numbers.
std::string place_of(std::int64_t sequence) { return fmt::format("{:020}", sequence); }

crypto::Place seal_place(const std::string& row) { return {"", "audit_seal", row, "sealed", 0}; }

std::string content_of(const TrailSeal& seal) {
  return fmt::format("{} {:020} {:020} {:020} ",
                     kLayout,
                     seal.sequence,
                     seal.chained_from,
                     to_millis(seal.since)) +
         seal.hash + seal.older;
}

std::int64_t number_at(std::string_view content, std::size_t field) {
  return parse_number<std::int64_t>(content.substr(kLayout.size() + 1 + field * 21, 20))
      .value_or(0);
}

/// What was sealed, if it is about this record.
std::optional<TrailSeal> from_content(std::string_view content, std::int64_t sequence) {
  constexpr std::size_t kNumbers = kLayout.size() + 1 + 3 * 21;
  if (content.size() != kNumbers + 2 * kHashBytes || !content.starts_with(kLayout)) {
    return std::nullopt;
  }
  TrailSeal seal;
  seal.sequence = number_at(content, 0);
  seal.genuine = true;
  seal.chained_from = number_at(content, 1);
  seal.since = from_millis(number_at(content, 2));
  seal.hash = content.substr(kNumbers, kHashBytes);
  seal.older = content.substr(kNumbers + kHashBytes);
  if (seal.sequence != sequence) return std::nullopt;
  return seal;
}

TrailSeal open_seal(const db::Row& row, const crypto::KeyRing& keys) {
  TrailSeal none;
  none.sequence = row[1].integer();
  const auto opened = keys.open(row[2].blob(), seal_place(row[0].text()));
  if (!opened) return none;
  return opened
      ->expose([&](std::string_view content) { return from_content(content, none.sequence); })
      .value_or(none);
}

Result<std::vector<TrailSeal>> read_seals(db::Transaction& tx,
                                          const crypto::KeyRing& keys,
                                          TrailWalk::From from) {
  std::string sql = "SELECT place, sequence, sealed FROM audit_seal ORDER BY sequence";
  if (from == TrailWalk::From::LastSeal) sql += " DESC LIMIT 1";
  WL_TRY(const auto rows, tx.query(sql));
  std::vector<TrailSeal> seals;
  for (const auto& row : rows) seals.push_back(open_seal(row, keys));
  return seals;
}

/// Unless somebody else put one there meanwhile: then false. Those that stand too close to the one
/// before make room.
Result<bool> store(db::Transaction& tx,
                   const crypto::KeyRing& keys,
                   const TrailSeal& seal,
                   std::int64_t after) {
  WL_TRY(const auto last,
         tx.query("SELECT sequence FROM audit_seal ORDER BY sequence DESC LIMIT 2"));
  if ((last.empty() ? 0 : last[0][0].integer()) != after) return false;
  if (last.size() == 2 && last[0][0].integer() - last[1][0].integer() < kSealDistance) {
    WL_CHECK(tx.execute("DELETE FROM audit_seal WHERE sequence = $1", {after}));
  }
  const std::string place = place_of(seal.sequence);
  WL_CHECK(
      tx.execute("INSERT INTO audit_seal (place, sequence, sealed) VALUES ($1, $2, $3)",
                 {place,
                  seal.sequence,
                  db::Blob{keys.seal(std::string_view(content_of(seal)), seal_place(place))}}));
  return true;
}

Result<> walk_through(db::Database& database, TrailWalk& walk) {
  bool more = true;
  while (more) {
    WL_TRY(const auto piece,
           database.read_blocking([&walk](db::Transaction& tx) { return walk.read(tx); }));
    more = walk.take(piece);
  }
  return {};
}

}  // namespace

Result<TrailPiece> TrailWalk::read(db::Transaction& tx) const {
  TrailPiece piece;
  if (verifier_) {
    WL_TRY(piece.records, read_trail(tx, read_up_to_, end_));
    return piece;
  }
  WL_TRY(piece.head, read_trail_head(tx));
  WL_TRY(piece.seals, read_seals(tx, keys_, from_));
  const bool skip = from_ == From::LastSeal && !piece.seals.empty();
  WL_TRY(piece.records,
         read_trail(tx, skip ? piece.seals.back().sequence : 0, piece.head.sequence));
  return piece;
}

void TrailWalk::begin(const TrailPiece& piece) {
  end_ = piece.head.sequence;
  if (!piece.seals.empty()) last_seal_ = piece.seals.back();
  if (from_ == From::LastSeal && last_seal_ && last_seal_->genuine) {
    verifier_.emplace(piece.head, *last_seal_);
  } else {
    verifier_.emplace(piece.head, piece.seals);
  }
}

bool TrailWalk::take(const TrailPiece& piece) {
  if (!verifier_) begin(piece);
  const bool good = std::ranges::all_of(
      piece.records, [this](const AuditRecord& record) { return verifier_->add(record); });
  if (good && !piece.records.empty()) {
    read_up_to_ = piece.records.back().sequence;
    if (read_up_to_ < end_) return true;
  }
  verdict_ = verifier_->finish();
  return false;
}

std::optional<TrailSeal> TrailWalk::next_seal(Instant now) const {
  auto next = verifier_ ? verifier_->next_seal(now) : std::nullopt;
  if (next && last_seal_ && last_seal_->sequence >= next->sequence) return std::nullopt;
  return next;
}

Result<TrailVerdict> verify_trail(db::Database& database, const crypto::KeyRing& keys) {
  TrailWalk walk(keys, TrailWalk::From::Start);
  WL_CHECK(walk_through(database, walk));
  return walk.verdict();
}

Result<std::int64_t> count_unsealed(db::Transaction& tx) {
  WL_TRY(const auto head, read_trail_head(tx));
  WL_TRY(const auto row, tx.query_one("SELECT max(sequence) FROM audit_seal"));
  return head.sequence - (row ? (*row)[0].integer() : 0);
}

std::optional<std::string> AuditSealer::lost_seal(const TrailWalk& walk) const {
  if (!known_) return std::nullopt;
  const auto& last = walk.last_seal();
  if (last && (last->sequence > known_->sequence ||
               (last->sequence == known_->sequence && last->hash == known_->hash))) {
    return std::nullopt;
  }
  return fmt::format("the seal on record {} is gone or another one stands in its place",
                     known_->sequence);
}

Result<TrailVerdict> AuditSealer::seal() {
  TrailWalk walk(keys_, TrailWalk::From::LastSeal);
  WL_CHECK(walk_through(database_, walk));
  TrailVerdict verdict = walk.verdict();
  if (!verdict.intact) return verdict;
  if (auto lost = lost_seal(walk)) {
    verdict.intact = false;
    verdict.first_broken = known_->sequence;
    verdict.fault = *std::move(lost);
    return verdict;
  }
  const auto& last = walk.last_seal();
  known_ = last;
  const auto next = walk.next_seal(clock_.now());
  if (!next) return verdict;
  WL_TRY(const bool stored, database_.write_blocking([&](db::Transaction& tx) {
    return store(tx, keys_, *next, last ? last->sequence : 0);
  }));
  if (stored) known_ = next;
  verdict.sealed_up_to = next->sequence;
  verdict.sealed_since = next->since;
  return verdict;
}

}  // namespace wayleave::access
