/** What an app with the scope can do, as the person who decides reads it: after "It can". */
const labels: Readonly<Record<string, string>> = {
  openid: "know that it’s you",
  profile: "see your name",
  email: "see your email address",
  "inference:write": "send requests to models, at your organization’s cost",
  "inference:read": "read the results of requests",
  "history:read": "read past requests, with what was sent and answered",
  "history:write": "delete past requests",
  "usage:read": "see usage and costs",
  "models:read": "see models and prices",
  "keys:read": "list API keys, never their secrets",
  "members:read": "see who is in the organization",
  "billing:read": "see the plan and invoices",
  "webhooks:read": "see webhook endpoints and deliveries",
  "webhooks:write": "add, change and delete webhook endpoints",
  "audit:read": "read the audit log",
};

export const scopeLabel = (scope: string): string => labels[scope] ?? scope;

/** Every scope that an app can ask for, in the order in which it is shown. */
export const appScopeOrder: readonly string[] = Object.keys(labels);

export function inScopeOrder(scopes: readonly string[]): string[] {
  return [...scopes].sort((a, b) => appScopeOrder.indexOf(a) - appScopeOrder.indexOf(b));
}
