import type { FieldRef, Subject } from "../privacy";

export const ofPerson = (userId: string): Subject => ({ type: "user", id: userId });

/** Where it was given from. */
export const consentIpField = (consentId: string): FieldRef => ({
  table: "consents",
  column: "ip_cipher",
  rowId: consentId,
});
