import type { Place, Subject } from "../privacy";

export const orgSubject = (orgId: string): Subject => ({ type: "org", id: orgId });

export const orgNamePlace = (orgId: string): Place => ({
  table: "organizations",
  column: "name_cipher",
  rowId: orgId,
});
