#include "app/cli/listing.hpp"

#include <ostream>

#include "api/json_writer.hpp"

namespace wayleave::app::cli {

Result<std::vector<JsonView>> list_all(Admin& admin,
                                       const std::string& target,
                                       const std::string& slug) {
  std::vector<JsonView> items;
  std::string cursor;
  do {
    std::string page = target + (target.find('?') == std::string::npos ? "?" : "&") + "limit=200";
    if (!cursor.empty()) page += "&cursor=" + cursor;
    WL_TRY(const auto body, demand(admin, admin.call("GET", page, {}), slug));
    const JsonView reply = JsonView::parse(body);
    for (JsonView& item : reply.list("data")) items.push_back(std::move(item));
    cursor = reply.text("nextCursor");
  } while (!cursor.empty() && items.size() < kListedMax);
  return items;
}

void print_list(Context& context, const std::vector<JsonView>& items) {
  std::vector<std::string> data;
  data.reserve(items.size());
  for (const JsonView& item : items) data.push_back(item.json());
  api::JsonWriter out;
  context.out << out.raw("data", api::json_array(data)).raw("nextCursor", "null").str() << "\n";
}

}  // namespace wayleave::app::cli
