import { keyExample, meExample } from "./examples";

/** What the API document shows. */
export const auditEntryExample = {
  id: "aud_01m844dwt2e7xshsqpzrgk79p6",
  sequence: 42,
  created_at: "2026-11-23T11:58:00.000Z",
  action: "key.created",
  actor: { type: "user", id: meExample.user.id },
  target: { type: "key", id: keyExample.id },
  request_id: null,
  details: { environment: "live", scopes: "inference:write inference:read models:read" },
};
