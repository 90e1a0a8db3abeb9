#include "db/postgres/connection.hpp"

#include <libpq-fe.h>

#include <chrono>
#include <utility>

#include "base/text.hpp"
#include "db/postgres/error.hpp"

namespace wayleave::db::postgres {
namespace {

constexpr std::int64_t oldest_server = 130'000;

std::string set(std::string_view name, Millis value) {
  return "set_config('" + std::string(name) + "', '" + std::to_string(value.count()) +
         "', false), ";
}

Tick after(Millis patience) { return std::chrono::steady_clock::now() + patience; }

std::string field(const pg_result* result, int code) {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Address& address,
                                                     const Timeouts& timeouts) {
  WL_TRY(Wire wire, Wire::connect(address, after(Timeouts::connect)));
  std::unique_ptr<Connection> connection(new Connection(std::move(wire), timeouts));
  WL_CHECK(connection->set_up());
  return connection;
}

Result<> Connection::set_up() {
  const std::string settings =
      "SELECT " + set("statement_timeout", timeouts_.statement()) +
      set("lock_timeout", timeouts_.lock) +
      set("idle_in_transaction_session_timeout", Timeouts::idle_in_transaction) +
      set("tcp_user_timeout", Millis{10'000}) +
      // A commit that returned is on the disk, whatever the server's default is.
      "CASE WHEN current_setting('synchronous_commit') IN ('on', 'remote_apply') THEN '' ELSE "
      "set_config('synchronous_commit', 'on', false) END, "
      "set_config('standard_conforming_strings', 'on', false), "
      "current_setting('server_encoding'), "
      "CAST(current_setting('server_version_num') AS bigint)";
  WL_TRY(const Rows rows, control(settings));
  if (rows.size() != 1) return internal("no answer to the first query");
  const Row& row = rows.front();
  if (row[row.size() - 1].integer() < oldest_server) {
    return reject("database", "database: PostgreSQL is older than version 13; upgrade the server");
  }
  if (row[row.size() - 2].text() != "UTF8") {
    return reject("database",
                  "database: its encoding is not UTF8; make it anew with `createdb "
                  "--encoding=UTF8 --template=template0`");
  }
  return {};
}

Tick Connection::deadline() const { return after(patience_); }

bool Connection::in_transaction() const {
  if (lost()) return false;
  const auto state = PQtransactionStatus(wire_.handle());
  return state == PQTRANS_INTRANS || state == PQTRANS_INERROR;
}

Result<Rows> Connection::query(std::string_view sql, const std::vector<Value>& params) {
  Rows rows;
  WL_CHECK(run(sql, params, &rows));
  return rows;
}

Result<std::int64_t> Connection::execute(std::string_view sql, const std::vector<Value>& params) {
  return run(sql, params, nullptr);
}

Result<std::int64_t> Connection::run(std::string_view sql,
                                     const std::vector<Value>& params,
                                     Rows* rows) {
  WL_CHECK(finish_posted());
  WL_TRY(const Parameters parameters, Parameters::encode(params, sql));
  std::optional<std::string> forgotten;
  WL_TRY(Statement* const statement, statements_.get(sql, parameters.signature(), forgotten));
  if (forgotten) defer("DEALLOCATE " + *forgotten);
  WL_CHECK(send_deferred());
  WL_CHECK(send_statement(*statement, parameters));
  WL_CHECK(send_sync());
  Reply reply{.sql = sql, .rows = rows, .touched = 0, .outcome = {}};
  WL_CHECK(collect(reply));
  return reply.touched;
}

Result<Rows> Connection::control(std::string_view sql) {
  WL_CHECK(post(sql));
  Rows rows;
  Reply reply{.sql = sql, .rows = &rows, .touched = 0, .outcome = {}};
  WL_CHECK(collect(reply));
  return rows;
}

Result<> Connection::post(std::string_view sql) {
  WL_CHECK(finish_posted());
  last_tag_.clear();
  defer(sql);
  WL_CHECK(send_deferred());
  sent_.back().step = Step::Control;
  return send_sync();
}

Result<> Connection::finish_posted() {
  if (!awaiting_sync_) return {};
  Reply ignored;
  return collect(ignored);
}

// ---- sending ----

Result<> Connection::sent(int accepted, Step step, Statement* statement) {
  if (accepted == 1) {
    sent_.push_back({step, statement});
    return {};
  }
  return std::unexpected(wire_.lose(PQerrorMessage(wire_.handle())));
}

Result<> Connection::send_control(const std::string& sql) {
  return sent(
      PQsendQueryParams(wire_.handle(), sql.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1),
      Step::Deferred);
}

Result<> Connection::send_deferred() {
  if (lost()) return std::unexpected(wire_.lose("used after it was lost"));
  const std::vector<std::string> statements = std::exchange(deferred_, {});
  for (const std::string& sql : statements) WL_CHECK(send_control(sql));
  return {};
}

Result<> Connection::send_statement(Statement& statement, const Parameters& parameters) {
  const char* name = statement.name.c_str();
  const int count = parameters.count();
  if (!statement.prepared) {
    const int accepted =
        PQsendPrepare(wire_.handle(), name, statement.text.c_str(), count, parameters.types());
    WL_CHECK(sent(accepted, Step::Prepare, &statement));
  }
  const int accepted = PQsendQueryPrepared(wire_.handle(),
                                           name,
                                           count,
                                           parameters.values(),
                                           parameters.lengths(),
                                           parameters.formats(),
                                           1);
  return sent(accepted, Step::Execute, &statement);
}

Result<> Connection::send_sync() {
  if (PQpipelineSync(wire_.handle()) != 1) {
    return std::unexpected(wire_.lose(PQerrorMessage(wire_.handle())));
  }
  awaiting_sync_ = true;
  return wire_.flush(deadline());
}

// ---- receiving ----

Result<> Connection::collect(Reply& reply) {
  const std::deque<Sent> sent = std::exchange(sent_, {});
  awaiting_sync_ = false;
  for (const Sent& one : sent) {
    if (one.step == Step::Execute) PQsetSingleRowMode(wire_.handle());
    WL_CHECK(collect_one(one, reply));
  }
  WL_TRY(const ResultHandle end, wire_.next(deadline()));
  if (PQresultStatus(end.get()) != PGRES_PIPELINE_SYNC) {
    return std::unexpected(wire_.lose("the answers of the server do not match the questions"));
  }
  return reply.outcome;
}

Result<> Connection::collect_one(const Sent& sent, Reply& reply) {
  while (true) {
    WL_TRY(const ResultHandle result, wire_.next(deadline()));
    if (!result) return {};
    take(result.get(), sent, reply);
    if (PQstatus(wire_.handle()) == CONNECTION_BAD) {
      const std::string why = reply.outcome ? std::string() : reply.outcome.error().operator_detail;
      return std::unexpected(wire_.lose(why + " " + PQerrorMessage(wire_.handle())));
    }
    if (lost()) return std::move(reply.outcome);
  }
}

void Connection::take(const pg_result* result, const Sent& sent, Reply& reply) {
  switch (PQresultStatus(result)) {
    case PGRES_SINGLE_TUPLE:
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
      break;
    case PGRES_PIPELINE_ABORTED:
      return;
    default:
      note_failure(result, reply);
      return;
  }
  if (sent.step == Step::Prepare) {
    sent.statement->prepared = true;
    return;
  }
  if (PQresultStatus(result) != PGRES_SINGLE_TUPLE) {
    last_tag_ = PQcmdStatus(const_cast<pg_result*>(result));
    // A SELECT counts what it read, which is not what it touched.
    if (!last_tag_.starts_with("SELECT")) {
      reply.touched =
          parse_number<std::int64_t>(PQcmdTuples(const_cast<pg_result*>(result))).value_or(0);
    }
  }
  if (sent.step == Step::Deferred || reply.rows == nullptr || !reply.outcome) return;
  if (reply.rows->size() + static_cast<std::size_t>(PQntuples(result)) > rows_max) {
    // What is still to come is not read: the connection goes instead.
    (void)wire_.lose("too many rows");
    lost_by_caller_ = true;
    reply.outcome =
        internal("more than " + std::to_string(rows_max) + " rows in: " + std::string(reply.sql));
    return;
  }
  reply.outcome = append_rows(result, reply.sql, *reply.rows);
}

void Connection::note_failure(const pg_result* result, Reply& reply) {
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  if (!reply.outcome) return;  // the first one says why
  if (state.empty()) {
    reply.outcome = std::unexpected(wire_.lose(PQresultErrorMessage(result)));
    return;
  }
  reply.outcome =
      std::unexpected(error_of(state, field(result, PG_DIAG_MESSAGE_PRIMARY), reply.sql));
  if (ends_connection(state) || worth_again(state)) (void)wire_.lose("ended by SQLSTATE " + state);
}

}  // namespace wayleave::db::postgres
