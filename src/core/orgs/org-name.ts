import type { FieldRef, Subject } from "../privacy";

export const orgSubject = (orgId: string): Subject => ({ type: "org", id: orgId });

export const orgNameField = (orgId: string): FieldRef => ({
  table: "organizations",
  column: "name_cipher",
  rowId: orgId,
});
