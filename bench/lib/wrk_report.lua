-- What both scripts end with: one line of JSON, read by load.mjs.
function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format(
    '{"requests":%d,"bytes":%d,"us":%d,"p50":%d,"p99":%d,"connect":%d,"read":%d,"write":%d,"timeout":%d,"status":%d}',
    summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.connect, errors.read, errors.write, errors.timeout, errors.status))
end
