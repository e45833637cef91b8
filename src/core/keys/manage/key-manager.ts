import { assertEmailVerified, assertSessionActive } from "../../accounts";
import { lockOrganization, noLongerMember, organizationDeleted, readMemberRights } from "../../orgs";
import {
  AppError,
  type Environment,
  nameOfPrograms,
  type OrgRole,
  type Principal,
  type Scope,
  type Tx,
  type UserPrincipal,
} from "../../platform";

/** The person who makes, changes or ends a key, with the role that the database has now. */
export interface KeyManager {
  orgId: string;
  userId: string;
  role: OrgRole;
  scopes: ReadonlySet<Scope>;
}

/** What of a key decides who may do something to it. */
export interface ManagedKey {
  scopes: readonly Scope[];
  environment: Environment;
  /** Null once that person is gone. */
  createdBy: string | null;
}

/** `widen`: any limit raised or lifted, a later end. `narrow`: any other change. `take_over`: answer for it from now on. */
export type KeyAction = "create" | "rotate" | "take_over" | "widen" | "narrow" | "revoke";

/** What leaves a person with a live secret, or with more of one. */
const grantingActions: readonly KeyAction[] = ["create", "rotate", "take_over", "widen"];

/**
 * Keys are managed by people whose role allows it, never by another key or an app.
 * @throws AppError `insufficient_scope` or `insufficient_role`.
 */
export function asKeyManager(principal: Principal): UserPrincipal {
  if (principal.kind === "key" || principal.kind === "app") {
    throw new AppError("insufficient_scope", {
      public: `${nameOfPrograms(principal)} cannot manage API keys. Sign in and use the portal or an access token.`,
    });
  }
  if (!principal.scopes.has("keys:write")) throw mayNotManage();
  return principal;
}

/**
 * The caller as a manager, with the organization's row locked: a principal may be five seconds old, and somebody who
 * is being removed or demoted must not make or change a key behind that decision, which holds the same lock. Call it
 * first in the transaction: organization before key is the order of every lock on keys. From here on the transaction stands behind
 * the second wall.
 * @throws AppError `insufficient_scope`, `insufficient_role`; `missing_credentials` when the session has ended, `conflict` when the organization was deleted a moment ago.
 */
export async function lockKeyManager(tx: Tx, principal: Principal): Promise<KeyManager> {
  const person = asKeyManager(principal);
  const { orgId, userId } = person;
  await assertSessionActive(tx, person);
  if (!(await lockOrganization(tx, { orgId, userId }))) throw organizationDeleted();
  const membership = await readMemberRights(tx, { orgId, userId });
  if (membership === null) throw noLongerMember();
  const { role, scopes } = membership;
  if (!scopes.has("keys:write")) throw mayNotManage();
  return { orgId, userId, role, scopes };
}

/**
 * The one rule of making, changing, rotating and ending keys: nobody gives a key what their own role lacks, and nobody
 * touches a key that may do more than they may. A person who knows a secret must not get more out of it through somebody
 * else's hands: a key that another member made is widened only by those who manage members. Live keys come only to
 * people whose address is confirmed.
 * @throws AppError `insufficient_scope`, `insufficient_role`, `email_not_verified`.
 */
export async function assertMayManage(
  tx: Tx,
  manager: KeyManager,
  key: ManagedKey,
  action: KeyAction,
): Promise<void> {
  const missing = key.scopes.find((scope) => !manager.scopes.has(scope));
  if (missing !== undefined) {
    throw action === "create"
      ? new AppError("insufficient_scope", {
          public: `You cannot give a key the scope ${missing}. Your role does not have it.`,
          param: "scopes",
        })
      : new AppError("insufficient_scope", {
          public: `This key has the scope ${missing}, which your role does not have. Ask an owner or admin.`,
          param: "id",
        });
  }
  if (action === "widen" && key.createdBy !== manager.userId && !manager.scopes.has("members:write")) {
    throw new AppError("insufficient_role", {
      public: "Another member created this key. Only an owner or admin can raise or remove its limits.",
      param: "id",
    });
  }
  if (key.environment !== "live" || !grantingActions.includes(action)) return;
  await assertEmailVerified(tx, manager.userId, {
    public:
      action === "create"
        ? "Verify your email to create live keys. Test keys work right away."
        : "Verify your email to manage live keys.",
    param: action === "create" ? "environment" : "id",
  });
}

/** Another organization's key answers the same as one that never was. */
export function keyNotFound(): AppError {
  return new AppError("not_found", { public: "API key not found in your organization.", param: "id" });
}

function mayNotManage(): AppError {
  return new AppError("insufficient_role", {
    public: "Your role in this organization does not allow managing API keys. Ask an owner or admin.",
  });
}
