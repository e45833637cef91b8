import type { AuditEntry } from "../../audit";
import { fromPublicId } from "../../platform/ids";
import type { KeyView } from "../schemas";

/** What the audit trail keeps of a key: what it may do. Its name is the customer's text and stays out. */
export function auditOfKey(key: KeyView): Pick<AuditEntry, "target" | "details"> {
  return {
    target: { type: "key", id: fromPublicId("key", key.id) },
    details: {
      environment: key.environment,
      scopes: key.scopes.join(" "),
      models: key.models.length,
      ip_ranges: key.ip_allowlist.length,
      rpm_limit: key.rpm_limit,
      monthly_cap_micros: key.monthly_cap_micros,
      expires_at: key.expires_at,
    },
  };
}
