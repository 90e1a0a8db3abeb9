-- Each request for another of many users, in an order without a pattern, none twice before all had
-- their turn. Arguments: prefix, number of users (a power of ten up to 10^7), how many to pass over.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "wrk_report.lua")

local step = 618033 -- shares no factor with 10
local prefix, count, at

function init(args)
  prefix = args[1]
  count = tonumber(args[2])
  at = tonumber(args[3]) * step % count
end

function request()
  at = (at + step) % count
  wrk.headers["Wayleave-User"] = string.format("%s%07d", prefix, at)
  return wrk.format()
end
