import { permissions, scopes } from "@/shared/permissions";

/** What an app with the scope can do, as the person who decides reads it: after "It can". */
const labels: Readonly<Record<string, string>> = {
  openid: "know that it’s you",
  profile: "see your name",
  email: "see your email address",
  ...Object.fromEntries(
    scopes
      .filter((scope) => permissions[scope].programs && scope !== "requests:read_all")
      .map((scope) => [scope, permissions[scope].can]),
  ),
};

export const scopeLabel = (scope: string): string => labels[scope] ?? scope;

/** Every scope that an app can ask for, in the order in which it is shown. */
export const appScopeOrder: readonly string[] = Object.keys(labels);

export function inScopeOrder(scopes: readonly string[]): string[] {
  return [...scopes].sort((a, b) => appScopeOrder.indexOf(a) - appScopeOrder.indexOf(b));
}
