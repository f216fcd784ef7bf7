// How its sources are asked.
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

// Native claims that tell the hook what Okta's request does not. It takes them out of the token again.
const feeders = {
  "claim": "cs_feeders",
  "items": [
    {
      "id": "org_id~0b9c72",
      "claim": "cs_org_id",
      "field": "org.id",
      "kind": "value"
    },
    {
      "id": "accounts~7ef0af",
      "claim": "cs_accounts",
      "field": "user.attributes.accounts",
      "kind": "list"
    },
    {
      "id": "approval_limit~b0c680",
      "claim": "cs_approval_limit",
      "field": "user.attributes.approval_limit",
      "kind": "value"
    },
    {
      "id": "groups~96bbde",
      "claim": "cs_groups",
      "field": "user.groups",
      "kind": "groups"
    },
    {
      "id": "name~e27747",
      "claim": "cs_name",
      "field": "user.name",
      "kind": "value"
    },
    {
      "id": "roles~a94949",
      "claim": "cs_roles",
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
  guard: { audience: undefined },
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
};
