import type { FieldRef, Subject } from "../../privacy";

export const userSubject = (userId: string): Subject => ({ type: "user", id: userId });

const field = (column: string, userId: string): FieldRef => ({ table: "users", column, rowId: userId });
export const emailField = (userId: string): FieldRef => field("email_cipher", userId);
export const nameField = (userId: string): FieldRef => field("name_cipher", userId);

export const sessionIpField = (sessionId: string): FieldRef => ({
  table: "sessions",
  column: "ip_cipher",
  rowId: sessionId,
});
