import { describe, expect, it } from "vitest";
import { newId, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import {
  type AuditAction,
  adminReport,
  adminReportFile,
  recordAuditIn,
  signInReport,
  signInReportFile,
} from "..";
import "../testing/chains";

const [ada, bo, operator] = [newId(), newId(), newId()];

interface Deed {
  action: AuditAction;
  by: string;
  type?: "user" | "operator";
  details?: Record<string, string | boolean>;
}

async function record(orgId: string | null, ...deeds: Deed[]): Promise<void> {
  await db().$transaction((tx) =>
    recordAuditIn(
      tx,
      ...deeds.map(({ action, by, type = "user" as const, details = {} }) => ({
        orgId,
        actor: { type, id: by },
        action,
        details,
      })),
    ),
  );
}

const textOf = async (pieces: AsyncIterable<string>) => {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text.trim().split("\r\n");
};

describe("the sign-in report", () => {
  it("counts each person's sign-ins to this organization by method, factor and new device, and no other's", async () => {
    const orgId = newId();
    await record(
      orgId,
      { action: "auth.logged_in", by: ada, details: { method: "password", factor: "authenticator" } },
      { action: "auth.logged_in", by: ada, details: { method: "password", new_device: true } },
      { action: "auth.logged_in", by: ada, details: { method: "passkey", factor: "passkey" } },
      { action: "auth.logged_in", by: bo, details: { method: "company" } },
      { action: "company.sign_in_refused", by: bo },
      { action: "key.created", by: ada },
    );
    await record(newId(), { action: "auth.logged_in", by: ada, details: { method: "password" } });
    await record(null, { action: "auth.login_failed", by: ada });
    const report = await signInReport(db(), { orgId, input: {} });
    expect(report.data.map(({ last_at, ...person }) => person)).toEqual(
      expect.arrayContaining([
        {
          user_id: toPublicId("usr", ada),
          sign_ins: 3,
          by_method: { password: 2, passkey: 1 },
          with_second_factor: 2,
          new_devices: 1,
          failed: 0,
        },
        {
          user_id: toPublicId("usr", bo),
          sign_ins: 1,
          by_method: { company: 1 },
          with_second_factor: 0,
          new_devices: 0,
          failed: 1,
        },
      ]),
    );
    expect(report.data).toHaveLength(2);
    expect(await textOf(signInReportFile(report).pieces)).toHaveLength(3);
  });

  it("covers its period and nothing beside it, at most 400 days", async () => {
    const orgId = newId();
    await record(orgId, { action: "auth.logged_in", by: ada, details: { method: "password" } });
    const of = (input: { from?: string; to?: string }) => signInReport(db(), { orgId, input });
    expect((await of({ to: new Date(Date.now() - 60_000).toISOString() })).data).toEqual([]);
    const future = new Date(Date.now() + 60_000).toISOString();
    expect((await of({ to: future })).data).toHaveLength(1);
    await expect(of({ from: "2025-01-01T00:00:00Z", to: "2026-06-01T00:00:00Z" })).rejects.toMatchObject({
      code: "invalid_request",
    });
    await expect(of({ from: future, to: future })).rejects.toMatchObject({ code: "invalid_request" });
  });
});

describe("the admin report", () => {
  it("has what admins and operators did to this organization, by who and what, and no everyday deed", async () => {
    const orgId = newId();
    await record(
      orgId,
      { action: "member.role_changed", by: ada },
      { action: "member.role_changed", by: ada },
      { action: "member.role_changed", by: bo },
      { action: "operator.organization_read", by: operator, type: "operator" },
      { action: "auth.logged_in", by: ada },
      { action: "data.usage_read", by: ada },
    );
    await record(newId(), { action: "key.revoked", by: ada });
    const report = await adminReport(db(), { orgId, input: {} });
    const lines = report.data.map(({ actor, action, times }) => [actor.type, actor.id, action, times]);
    expect(lines).toHaveLength(3);
    expect(lines).toEqual(
      expect.arrayContaining([
        ["user", toPublicId("usr", ada), "member.role_changed", 2],
        ["user", toPublicId("usr", bo), "member.role_changed", 1],
        ["operator", toPublicId("usr", operator), "operator.organization_read", 1],
      ]),
    );
    expect(await textOf(adminReportFile(report).pieces)).toHaveLength(4);
  });
});
