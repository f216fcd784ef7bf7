-- HAProxy in front of a service. Claimsmith's gateway server checks each request and says who it is from:
-- https://github.com/claimsmith/claimsmith/blob/main/docs/put-it-behind-a-gateway.md
core.register_action("claimsmith", { "http-req" }, function(txn)
  -- Set first: what goes wrong below is refused.
  txn:set_var("txn.claimsmith_status", "503")
  local authorization = {}
  for _, value in pairs(txn.http:req_get_headers()["authorization"] or {}) do
    table.insert(authorization, value)
  end
  local ok, answer = pcall(function()
    return core.httpclient():get({
      url = "http://127.0.0.1:8080/check/forwarded",
      headers = {
        ["authorization"] = authorization,
        ["x-forwarded-method"] = { txn.f:method() },
        ["x-forwarded-uri"] = { txn.f:pathq() },
      },
      timeout = 3000,
    })
  end)
  if not ok or answer == nil or answer.status == nil then return end
  local function header(name)
    local values = (answer.headers or {})[name]
    return values and values[0] or ""
  end
  if answer.status == 200 then
    for name, values in pairs(answer.headers or {}) do
      if name:sub(1, 9) == "x-claims-" then txn.http:req_set_header(name, values[0]) end
    end
  else
    txn:set_var("txn.claimsmith_body", header("x-gateway-body"))
    txn:set_var("txn.claimsmith_challenge", header("www-authenticate"))
  end
  txn:set_var("txn.claimsmith_status", tostring(answer.status))
end)
