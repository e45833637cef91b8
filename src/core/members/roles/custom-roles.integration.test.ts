import { describe, expect, test, vi } from "vitest";
import { forgetPrincipalsIn } from "../../accounts";
import { createKey, verifyApiKey } from "../../keys";
import { type Scope, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import { createCustomRole, deleteCustomRole, listMembers, updateCustomRole } from "..";
import { change, code, join, now, type Someone, someone } from "../testing/people";
import {
  createCustomRoleInputSchema,
  deleteCustomRoleInputSchema,
  updateCustomRoleInputSchema,
} from "./role-schemas";

// Captures the emails instead of sending them.
vi.mock("../../platform/mail/send-email", async (load) => {
  const real = await load<typeof import("../../platform/mail/send-email")>();
  return { ...real, sendEmail: vi.fn(async () => {}) };
});

async function setPlan(owner: Someone, plan: string): Promise<void> {
  const { orgId } = await now(owner);
  const row = { plan, updatedAt: new Date() };
  await db().subscription.upsert({
    where: { orgId },
    create: { orgId, ...row, createdAt: new Date() },
    update: row,
  });
  // What a process does when the database's trigger tells it.
  forgetPrincipalsIn(orgId);
}

async function enterprise(): Promise<Someone> {
  const owner = await someone();
  await setPlan(owner, "enterprise");
  return owner;
}

interface RoleSettings {
  name?: string;
  base?: "admin" | "developer" | "billing" | "viewer";
  permissions: Scope[];
}

const make = async (by: Someone, { name = "Support", base = "viewer", permissions }: RoleSettings) =>
  createCustomRole(db(), {
    principal: await now(by),
    input: createCustomRoleInputSchema.parse({ name, base, permissions }),
  });
const edit = async (by: Someone, id: string, permissions: Scope[]) =>
  updateCustomRole(db(), {
    principal: await now(by),
    input: updateCustomRoleInputSchema.parse({ id, permissions }),
  });
const drop = async (by: Someone, id: string, replacement?: string) =>
  deleteCustomRole(db(), {
    principal: await now(by),
    input: deleteCustomRoleInputSchema.parse({ id, replacement }),
  });
const scopesOf = async (who: Someone) => [...(await now(who)).scopes].sort();

describe("a custom role", () => {
  test("gives its members exactly its permissions, more or less than its base, and none of another organization is found", async () => {
    const [ada, bo] = [await enterprise(), await someone("Bo")];
    await join(ada, bo, "viewer");
    const permissions: Scope[] = ["audit:read", "models:read"];
    const { id } = await make(ada, { permissions });
    await change(ada, bo, id);
    expect(await scopesOf(bo)).toEqual(permissions);
    const { members } = await listMembers(db(), await now(ada));
    expect(members.find(({ email }) => email === bo.email)).toMatchObject({
      role: "viewer",
      custom_role: { id, name: "Support" },
    });
    const eve = await enterprise();
    expect(await code(edit(eve, id, permissions))).toBe("not_found");
    expect(await code(change(eve, eve, id))).toBe("not_found");
  });

  test("is part of the Enterprise plan; without it, its members have what both it and its base allow, until it is back", async () => {
    const [ada, bo] = [await enterprise(), await someone("Bo")];
    await join(ada, bo, "viewer");
    const { id } = await make(ada, { permissions: ["audit:read", "models:read"] });
    await change(ada, bo, id);
    await setPlan(ada, "plus");
    expect(await code(make(ada, { name: "Other", permissions: ["models:read"] }))).toBe("plan_required");
    expect(await code(edit(ada, id, ["audit:read", "models:read", "usage:read"]))).toBe("plan_required");
    expect(await scopesOf(bo)).toEqual(["models:read"]);
    await setPlan(ada, "enterprise");
    expect(await scopesOf(bo)).toEqual(["audit:read", "models:read"]);
  });

  test("never gives more than who makes, changes or assigns it has, and managing members takes the base admin", async () => {
    const [ada, bo, cy] = [await enterprise(), await someone("Bo"), await someone("Cy")];
    await join(ada, bo, "admin");
    await join(ada, cy, "viewer");
    expect(await code(make(ada, { permissions: ["members:write"] }))).toBe("invalid_request");
    const manager = await make(ada, {
      name: "People",
      base: "admin",
      permissions: ["members:read", "members:write", "models:read"],
    });
    const auditor = await make(ada, { name: "Auditor", permissions: ["audit:read"] });
    await change(ada, bo, manager.id);
    for (const refused of [
      () => make(bo, { name: "Mine", permissions: ["audit:read"] }),
      () => edit(bo, manager.id, ["members:write", "members:read", "audit:read"]),
      () => edit(bo, auditor.id, ["models:read"]),
      () => drop(bo, auditor.id),
      () => change(bo, cy, auditor.id),
      () => change(bo, bo, "admin"),
      () => change(bo, cy, "developer"),
      () => change(bo, ada, "viewer"),
    ]) {
      expect(await code(refused())).toBe("insufficient_role");
    }
    expect(await code(make(bo, { name: "Few", permissions: ["models:read"] }))).toBe("ok");
  });

  test("narrows the keys that its members made, when it is given and when it loses a permission", async () => {
    const [ada, bo] = [await enterprise(), await someone("Bo")];
    await join(ada, bo, "developer");
    const key = await createKey(db(), {
      principal: await now(bo),
      input: { name: "K", environment: "live", scopes: ["inference:write", "inference:read", "models:read"] },
    });
    const scopesOfKey = async () => [...(await verifyApiKey(db(), key.secret, { ip: null })).scopes].sort();
    const { id } = await make(ada, {
      base: "developer",
      permissions: ["inference:read", "keys:read", "keys:write", "models:read"],
    });
    await change(ada, bo, id);
    expect(await scopesOfKey()).toEqual(["inference:read", "models:read"]);
    await edit(ada, id, ["keys:read", "models:read"]);
    expect(await scopesOfKey()).toEqual(["models:read"]);
    expect(await scopesOf(bo)).toEqual(["keys:read", "models:read"]);
  });

  test("in use is deleted only with a role that its members and invitations get instead", async () => {
    const [ada, bo] = [await enterprise(), await someone("Bo")];
    await join(ada, bo, "viewer");
    const { id } = await make(ada, { permissions: ["audit:read"] });
    await change(ada, bo, id);
    expect(await code(drop(ada, id))).toBe("conflict");
    expect(await code(drop(ada, id, id))).toBe("conflict");
    expect(await drop(ada, id, "billing")).toEqual({ id, object: "role", deleted: true });
    expect((await now(bo)).role).toBe("billing");
    expect(await scopesOf(bo)).not.toContain("audit:read");
    const { orgId } = await now(ada);
    const entries = await db().auditLog.findMany({
      where: { orgId, targetType: "role" },
      orderBy: { id: "asc" },
    });
    expect(entries.map(({ action }) => action)).toEqual(["role.created", "role.deleted"]);
    expect(toPublicId("rol", entries[0]?.targetId ?? "")).toBe(id);
  });
});
