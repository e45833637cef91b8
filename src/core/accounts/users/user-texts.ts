import type { Place, Subject } from "../../privacy";

export const userSubject = (userId: string): Subject => ({ type: "user", id: userId });

const place = (column: string, userId: string): Place => ({ table: "users", column, rowId: userId });
export const emailPlace = (userId: string): Place => place("email_cipher", userId);
export const namePlace = (userId: string): Place => place("name_cipher", userId);

export const sessionIpPlace = (sessionId: string): Place => ({
  table: "sessions",
  column: "ip_cipher",
  rowId: sessionId,
});
