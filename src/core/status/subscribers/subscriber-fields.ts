import type { FieldRef, Subject } from "../../privacy";

export const subscriberSubject = (id: string): Subject => ({ type: "subscriber", id });

export const emailField = (id: string): FieldRef => ({
  table: "status_subscribers",
  column: "email_cipher",
  rowId: id,
});
