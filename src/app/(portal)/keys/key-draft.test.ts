import { describe, expect, it } from "vitest";
import { emptyKeyDraft, toCreateKeyInput } from "./key-draft";

const now = new Date("2026-11-23T12:00:00.000Z");

describe("a key's draft", () => {
  it("leaves out what was left empty, so that the server's defaults hold", () => {
    expect(toCreateKeyInput({ ...emptyKeyDraft, name: " Web " }, now)).toEqual({
      name: "Web",
      environment: "test",
    });
  });

  it("takes addresses by line, space or comma", () => {
    const draft = { ...emptyKeyDraft, name: "a", ipAllowlist: "10.0.0.0/8, 192.0.2.7\n2001:db8::/32 " };
    expect(toCreateKeyInput(draft, now).ip_allowlist).toEqual(["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]);
  });

  it("counts a lifetime from now", () => {
    const draft = { ...emptyKeyDraft, name: "a", lifetimeDays: "30" };
    expect(toCreateKeyInput(draft, now).expires_at).toBe("2026-12-23T12:00:00.000Z");
  });
});
