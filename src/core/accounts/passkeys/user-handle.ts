/** The account as authenticators keep it: the bytes of its id, which say nothing of the person (WebAuthn §14.6.1). */
export function userHandle(userId: string): string {
  return Buffer.from(userId.replaceAll("-", ""), "hex").toString("base64url");
}
