import { meExample } from "./examples";

export const serviceAccountExample = {
  id: "sva_01m844dwt2e7xshsqpzrgk79p6",
  name: "Nightly reports",
  environment: "live",
  status: "active",
  scopes: ["inference:write", "inference:read"],
  models: [],
  ip_allowlist: [],
  rpm_limit: null,
  monthly_cap_micros: 25_000_000,
  spent_this_month_micros: 1_240_000,
  key_id: "key_01m844dwt2e7xshsqpzrgk79p6",
  secret_prefix: "agt_svc_4fQz",
  secret_last_four: "9sXe",
  previous_secret_until: null,
  created_by: meExample.user.id,
  created_at: "2026-11-23T11:58:00.000Z",
  expires_at: null,
  last_used_at: null,
  disabled_at: null,
};

export const createdServiceAccountExample = {
  ...serviceAccountExample,
  client_secret: "agt_svc_4fQz…9sXe",
};
