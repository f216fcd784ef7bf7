const program = policyProgram();

// How to ask the sources of the policy.
const sources = {
  "entitlements": {
    "kind": "http",
    "headers": {
      "authorization": "Bearer ${ENTITLEMENTS_TOKEN}"
    },
    "private": false,
    "timeoutMs": 400,
    "retries": 1,
    "cacheMs": 60000,
    "staleMs": 0,
    "limitBytes": 64000
  }
};

// Feeders: native claims that carry to the hook what Okta's request lacks. The hook removes them from the token.
const feeders = {
  "proof": "cs_feeders_04dbc0",
  "items": [
    {
      "claim": "cs_org_id_0d2edb",
      "field": "org.id",
      "kind": "value"
    },
    {
      "claim": "cs_accounts_6c7815",
      "field": "user.attributes.accounts",
      "kind": "list"
    },
    {
      "claim": "cs_approval_limit_7aadbf",
      "field": "user.attributes.approval_limit",
      "kind": "value"
    },
    {
      "claim": "cs_groups_73c36a",
      "field": "user.groups",
      "kind": "groups"
    },
    {
      "claim": "cs_name_474fed",
      "field": "user.name",
      "kind": "value"
    },
    {
      "claim": "cs_roles_7237c8",
      "field": "user.roles",
      "kind": "groups"
    }
  ]
};

export const policy = {
  program,
  sources,
  settings: ["ENTITLEMENTS_TOKEN"],
  feeders,
  guard: {
    quarantine: undefined,
    sentinel: {"claim":"policy","value":"unenriched"},
    shortLifeSeconds: undefined,
  },
  deadlineMs: 2000,
  claims: {
    "access": [
      "tenant_id",
      "roles",
      "features",
      "plan",
      "approval_limit"
    ],
    "id": [
      "name"
    ]
  },
  native: {
    "region": "region"
  },
};

