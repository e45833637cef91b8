import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Meta } from "../meta";
import { declaredProcedures as procedures } from "../testing/declared-procedures";

it("a step-up is asked for before what could take an account or an organization away", () => {
  const asking = procedures.filter(({ meta }) => meta.stepUp !== undefined).map(({ name }) => name);
  expect(asking.filter((name) => !name.startsWith("operators.")).sort()).toEqual([
    "audit.stream.pause",
    "audit.stream.remove",
    "audit.stream.set",
    "companySignIn.remove",
    "companySignIn.set",
    "dataPolicy.update",
    "directory.createToken",
    "directory.revokeToken",
    "directory.setGroupRole",
    "domains.add",
    "domains.remove",
    "emailChange.request",
    "erasures.eraseAccount",
    "exports.requestMine",
    "exports.requestOrganization",
    "hipaa.update",
    "keys.create",
    "passkeys.add",
    "passkeys.remove",
    "passkeys.startAdding",
    "retention.update",
    "secondFactor.confirm",
    "secondFactor.remove",
    "secondFactor.renewCodes",
    "secondFactor.start",
    "serviceAccounts.create",
    "signInPolicy.update",
    "team.deleteOrganization",
    "team.transferOwnership",
  ]);
});

it("the guide to sign-in security names every call that asks for one, and none that is not there", () => {
  const guide = readFileSync(new URL("../../../../docs/sign-in-security.md", import.meta.url), "utf8");
  const section = /^## Confirming it's you\n(.*?)^## /ms.exec(guide)?.[1] ?? "";
  const named = [...section.matchAll(/`([a-z]\w*\.[\w.*]+)`/g)].map(([, name = ""]) => name);
  const asking = procedures.filter(({ meta }) => meta.stepUp !== undefined).map(({ name }) => name);
  const covers = (pattern: string, name: string) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
  expect(asking.filter((name) => !named.some((pattern) => covers(pattern, name)))).toEqual([]);
  expect(named.filter((pattern) => !asking.some((name) => covers(pattern, name)))).toEqual([]);
});

it("without a required second factor a person may add one, end sessions or leave, and nothing else", () => {
  const open = procedures.filter(({ meta }) => meta.withoutFactor === true).map(({ name }) => name);
  expect(open.sort()).toEqual([
    "account.me",
    "account.sessions.list",
    "account.sessions.revoke",
    "account.sessions.revokeOthers",
    "account.signInMethods",
    "auth.resendVerification",
    "auth.signOutEverywhere",
    "auth.stepUp",
    "passkeys.add",
    "passkeys.list",
    "passkeys.remove",
    "passkeys.rename",
    "passkeys.startAdding",
    "passkeys.startStepUp",
    "passkeys.stepUp",
    "secondFactor.confirm",
    "secondFactor.get",
    "secondFactor.remove",
    "secondFactor.renewCodes",
    "secondFactor.start",
    "signIns.list",
    "team.leave",
    "team.organizations",
    "team.switchOrganization",
  ]);
});

it("whatever an operator changes needs a second factor and a step-up; looking does not", () => {
  // It reads: a POST only because an email must not be in a URL.
  const looking = ["operators.findOrganizations"];
  const changing = procedures.filter(
    ({ meta, type, name }) =>
      meta.access?.kind === "operator" && type === "mutation" && !looking.includes(name),
  );
  expect(changing.length).toBeGreaterThan(3);
  const isGuarded = ({ access, stepUp }: Meta) =>
    stepUp === true && access?.kind === "operator" && access.changes;
  expect(changing.filter(({ meta }) => !isGuarded(meta)).map(({ name }) => name)).toEqual([]);
});

it("of keys, only one with every scope that a key can have asks for a step-up", () => {
  const { stepUp } = procedures.find(({ name }) => name === "keys.create")?.meta ?? {};
  if (stepUp === undefined || stepUp === true) throw new Error("keys.create asks for a step-up by its input");
  const every = [
    "inference:write",
    "inference:read",
    "history:read",
    "history:write",
    "usage:read",
    "requests:read_all",
    "keys:read",
    "models:read",
    "members:read",
    "billing:read",
    "webhooks:read",
    "webhooks:write",
    "audit:read",
  ];
  expect(stepUp.when({ name: "All", scopes: every })).toBe(true);
  expect(stepUp.when({ name: "Most", scopes: every.slice(1) })).toBe(false);
  for (const input of [undefined, null, {}, { scopes: "all" }, { name: "Usual" }]) {
    expect(stepUp.when(input)).toBe(false);
  }
});
