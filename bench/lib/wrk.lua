-- The same request again and again. Arguments: method, file of the body ("-" for none), content type.
dofile(debug.getinfo(1, "S").source:match("@(.*/)") .. "wrk_report.lua")

function init(args)
  wrk.method = args[1]
  if args[2] ~= "-" then
    local file = assert(io.open(args[2], "rb"))
    wrk.body = file:read("*a")
    file:close()
    wrk.headers["Content-Type"] = args[3]
  end
end
