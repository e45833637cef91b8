import { companyRequired } from "@agathaai/core/accounts";
import { AppError, nameOfPrograms, type Principal } from "@agathaai/core/platform";
import type { Access } from "../meta";

/**
 * Refuses a caller that may not make this call. A procedure that declares no access is open to nobody. Where an organization
 * requires a second factor, a member without one, and an app that acts for them, may make only the calls that say so.
 */
export function authorize(
  access: Access | undefined,
  principal: Principal | null,
  { withoutFactor = false }: { withoutFactor?: boolean } = {},
): void {
  if (access === undefined) throw new Error("the procedure declares no access");
  if (access.kind === "public") return;
  if (principal === null) {
    throw new AppError("missing_credentials", {
      public:
        'This call needs credentials. Send an API key or an access token in "Authorization: Bearer …", or an API key in "x-api-key".',
    });
  }
  if (!withoutFactor) {
    assertCompany(principal);
    assertFactor(principal);
  }
  if (access.kind === "caller") return;
  if (access.kind === "operator") {
    assertOperator(principal);
    assertOperatorFactor(principal);
    return;
  }
  if (access.kind === "user" && (principal.kind === "key" || principal.kind === "app")) {
    throw new AppError("insufficient_scope", {
      public: `${nameOfPrograms(principal)} cannot make this call. Sign in and use an access token.`,
    });
  }
  if (access.scope === undefined || principal.scopes.has(access.scope)) return;
  if (principal.kind === "key") {
    throw new AppError("insufficient_scope", {
      public: principal.serviceAccount
        ? `This token does not have the scope ${access.scope}. Request a token with it; the service account must have it too.`
        : `This API key does not have the scope ${access.scope}. Create a key that has it.`,
      ...(principal.serviceAccount && { neededScope: access.scope }),
    });
  }
  if (principal.kind === "app") {
    throw new AppError("insufficient_scope", {
      public: `This app may not use ${access.scope}: it was not granted it, or the role of its person no longer has it. Connect again with that scope.`,
      neededScope: access.scope,
    });
  }
  throw new AppError("insufficient_role", {
    public: `Your role in this organization (${principal.role}) does not allow ${access.scope}. Ask an owner or admin.`,
  });
}

/** Only in the portal and with a confirmed address: neither a key nor a token that leaked opens the console. */
export function isOperator(principal: Principal | null): boolean {
  return principal?.kind === "session" && principal.operator && principal.emailVerified;
}

function assertCompany(principal: Principal): void {
  if ("companyMissing" in principal && principal.companyMissing === true) throw companyRequired();
}

function assertFactor(principal: Principal): void {
  if (principal.kind === "key" || principal.factorMissing !== true) return;
  const who = principal.kind === "app" ? "the person behind this app" : "you";
  throw new AppError("second_factor_enrollment_required", {
    public: `This organization requires a second factor, and ${who} ${principal.kind === "app" ? "has" : "have"} none. Add an authenticator app or a passkey in Settings of the portal. API keys keep working.`,
  });
}

/** An operator reads what customers do: a password alone, which may have leaked, opens nothing of it. */
export function hasOperatorFactor(principal: Principal | null): boolean {
  return principal?.kind === "session" && principal.secondFactor === true;
}

function assertOperatorFactor(principal: Principal): void {
  if (hasOperatorFactor(principal)) return;
  throw new AppError("second_factor_enrollment_required", {
    public: "Operators need a second factor. Add an authenticator app or a passkey in Settings.",
  });
}

function assertOperator(principal: Principal): void {
  if (isOperator(principal)) return;
  throw new AppError("insufficient_role", { public: "Only AgathaAI’s operators can make this call." });
}
