import type { Principal, Scope, UserPrincipal } from "@agathaai/core/platform";
import { describe, expect, it } from "vitest";
import { authorize } from "./authorize";

const caller = {
  orgId: "o",
  plan: "free",
  requestsPerMinute: 10,
  environment: "live",
  scopes: new Set<Scope>(["models:read"]),
} as const;
const key: Principal = {
  ...caller,
  kind: "key",
  apiKeyId: "k",
  spendId: "k",
  userId: null,
  models: [],
  rpmLimit: null,
};
const viewer: UserPrincipal = {
  ...caller,
  kind: "jwt",
  userId: "u",
  sessionId: "s",
  role: "viewer",
  emailVerified: true,
  operator: false,
};
const refusal = (...args: Parameters<typeof authorize>) => {
  try {
    authorize(...args);
  } catch (error) {
    return error instanceof Error && "code" in error ? error.code : "defect";
  }
  return undefined;
};

describe("who may call", () => {
  it("a procedure that declares no access is open to nobody", () => {
    expect(refusal(undefined, viewer)).toBe("defect");
  });

  it("public procedures are open to all", () => expect(refusal({ kind: "public" }, null)).toBeUndefined());

  it("other procedures need credentials, the scope, and a user where they require one", () => {
    expect(refusal({ kind: "scope", scope: "models:read" }, null)).toBe("missing_credentials");
    expect(refusal({ kind: "scope", scope: "models:read" }, key)).toBeUndefined();
    expect(refusal({ kind: "scope", scope: "inference:write" }, key)).toBe("insufficient_scope");
    expect(refusal({ kind: "scope", scope: "inference:write" }, viewer)).toBe("insufficient_role");
    expect(refusal({ kind: "user" }, key)).toBe("insufficient_scope");
    expect(refusal({ kind: "user" }, viewer)).toBeUndefined();
    expect(refusal({ kind: "caller" }, null)).toBe("missing_credentials");
    expect(refusal({ kind: "caller" }, key)).toBeUndefined();
    expect(refusal({ kind: "caller" }, viewer)).toBeUndefined();
    expect(refusal({ kind: "user", scope: "keys:write" }, viewer)).toBe("insufficient_role");
  });

  it("where a second factor is required, a member without one and their apps may only make calls that say so", () => {
    const member: UserPrincipal = { ...viewer, factorMissing: true };
    const app: Principal = { ...member, kind: "app", appId: "a", grantId: "g" };
    const models = { kind: "scope", scope: "models:read" } as const;
    for (const caller of [member, app]) {
      expect(refusal(models, caller)).toBe("second_factor_enrollment_required");
      expect(refusal({ kind: "caller" }, caller)).toBe("second_factor_enrollment_required");
      expect(refusal({ kind: "public" }, caller)).toBeUndefined();
    }
    expect(refusal({ kind: "user" }, member)).toBe("second_factor_enrollment_required");
    expect(refusal({ kind: "user" }, member, { withoutFactor: true })).toBeUndefined();
    expect(refusal({ kind: "user", scope: "keys:write" }, member, { withoutFactor: true })).toBe(
      "insufficient_role",
    );
    expect(refusal(models, key)).toBeUndefined();
  });

  it("an operator without a second factor neither looks nor changes anything", () => {
    const operator: UserPrincipal = { ...viewer, kind: "session", operator: true };
    expect(refusal({ kind: "operator" }, operator)).toBe("second_factor_enrollment_required");
    expect(refusal({ kind: "operator", changes: true }, operator)).toBe("second_factor_enrollment_required");
    expect(refusal({ kind: "operator", changes: true }, { ...operator, secondFactor: true })).toBeUndefined();
    expect(refusal({ kind: "operator", changes: true }, { ...viewer, secondFactor: true })).toBe(
      "insufficient_role",
    );
  });

  it("the operator console opens to operators in the portal, with a confirmed address, and to nobody else", () => {
    const operator: Principal = { ...viewer, kind: "session", operator: true, secondFactor: true };
    expect(refusal({ kind: "operator" }, operator)).toBeUndefined();
    expect(refusal({ kind: "operator" }, { ...operator, kind: "jwt" })).toBe("insufficient_role");
    expect(refusal({ kind: "operator" }, { ...operator, emailVerified: false })).toBe("insufficient_role");
    expect(refusal({ kind: "operator" }, { ...operator, operator: false })).toBe("insufficient_role");
    expect(refusal({ kind: "operator" }, { ...viewer, role: "owner" })).toBe("insufficient_role");
    expect(refusal({ kind: "operator" }, key)).toBe("insufficient_role");
    expect(refusal({ kind: "operator" }, null)).toBe("missing_credentials");
  });
});
