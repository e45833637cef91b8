import { afterAll, describe, expect, it } from "vitest";
import { principalOf } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { legalDocumentIds, legalVersions, versionInForce } from "../../shared/legal/documents";
import { registerUser, verifyAccessToken } from "../accounts";
import { eraseAccount } from "../org-deletion";
import { closeDb, db } from "../platform/db/client";
import { changeConsents, listConsents, missingConsents } from ".";

await useTestStack();
afterAll(closeDb);

const ip = "203.0.113.77";
const password = "correct horse battery staple";
let people = 0;

async function signUp(more: { marketing?: boolean } = {}) {
  const email = `ada.${++people}@consents.example`;
  const view = await registerUser(db(), { email, password, name: "Ada", ip, ...more });
  const claims = await verifyAccessToken(view.access_token);
  return { email, principal: await principalOf({ kind: "jwt", ...claims }) };
}
const now = new Date();
const marketing = { document: "marketing", version: versionInForce("marketing", now) } as const;

describe("signing up", () => {
  it("records each document with version, time, way and address, and marketing only where it was ticked", async () => {
    const { principal } = await signUp();
    const view = await listConsents(db(), principal);
    expect(view).toMatchObject({ missing: [], marketing: false });
    expect(view.data.map(({ document }) => document).sort()).toEqual([...legalDocumentIds].sort());
    for (const { version, given, method, ip_address, document } of view.data)
      expect({ version, given, method, ip_address }).toEqual({
        version: versionInForce(document, now),
        given: true,
        method: "sign_up",
        ip_address: ip,
      });
    const ticked = await signUp({ marketing: true });
    expect((await listConsents(db(), ticked.principal)).marketing).toBe(true);
  });
});

describe("a new version", () => {
  const day = new Date("2027-03-01T00:00:00Z");
  const versions = {
    ...legalVersions,
    terms: [...legalVersions.terms, { version: "2027-03-01", from: "2027-03-01" }],
  } as const;
  const at = (time: Date) => ({ now: () => time });

  it("is asked for from the day on which it comes into force, and not a moment before", async () => {
    const { principal } = await signUp();
    const before = new Date(day.getTime() - 1);
    expect(await missingConsents(db(), principal, at(before), versions)).toEqual([]);
    expect(await missingConsents(db(), principal, at(day), versions)).toEqual([
      { document: "terms", version: "2027-03-01" },
    ]);
  });

  it("is not agreed to by agreeing to an earlier one", async () => {
    const { principal } = await signUp();
    const input = { documents: [{ document: "terms" as const, version: "2020-01-01" }], given: true };
    await expect(changeConsents(db(), { principal, input, ip })).rejects.toMatchObject({
      code: "conflict",
      param: "documents[0]",
    });
  });
});

describe("consents", () => {
  it("to marketing are withdrawn in a row of their own, and the documents cannot be withdrawn from", async () => {
    const { principal } = await signUp({ marketing: true });
    const withdraw = { documents: [marketing], given: false };
    const view = await changeConsents(db(), { principal, input: withdraw, ip });
    expect(view.marketing).toBe(false);
    expect(view.data.filter(({ document }) => document === "marketing").map(({ given }) => given)).toEqual([
      false,
      true,
    ]);
    const terms = { document: "terms", version: versionInForce("terms", now) } as const;
    await expect(
      changeConsents(db(), { principal, input: { documents: [terms], given: false }, ip }),
    ).rejects.toMatchObject({ code: "invalid_request" });
    const entry = await db().auditLog.findFirst({
      where: { orgId: principal.orgId, action: "account.consent_changed" },
    });
    expect(entry?.details).toEqual({ documents: "marketing", given: false });
  });

  it("of somebody who never signed up here are asked for all", async () => {
    const { principal } = await signUp();
    await db().consent.deleteMany({ where: { userId: principal.userId } });
    expect(await missingConsents(db(), principal)).toHaveLength(legalDocumentIds.length);
    const documents = await missingConsents(db(), principal);
    const view = await changeConsents(db(), { principal, input: { documents, given: true }, ip: null });
    expect(view).toMatchObject({ missing: [], data: [{ method: "asked" }, {}, {}] });
  });

  it("go with the person who is erased", async () => {
    const { email, principal } = await signUp();
    await eraseAccount(db(), { principal, input: { email } });
    expect(await db().consent.count({ where: { userId: principal.userId } })).toBe(0);
  });
});
