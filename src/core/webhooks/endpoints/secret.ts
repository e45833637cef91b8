import { randomBytes } from "node:crypto";
import type { FieldRef } from "../../privacy";

/** 256 bits, as Standard Webhooks writes them: `whsec_` and base64. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

export const secretField = (id: string): FieldRef => ({
  table: "webhook_endpoints",
  column: "secret_cipher",
  rowId: id,
});
