import type { Inputs } from "../../../_client/trpc";

export type KeyScope = NonNullable<Inputs["keys"]["create"]["scopes"]>[number];

/** A key's access to one resource. Write includes read. */
export type Level = "none" | "read" | "write";

interface Resource {
  name: string;
  description: string;
  read: KeyScope;
  write?: KeyScope;
}

/** What a key can be allowed. Only people manage keys, members and payment. */
export const resources: readonly Resource[] = [
  {
    name: "Inference",
    description: "Send requests, read their results",
    read: "inference:read",
    write: "inference:write",
  },
  {
    name: "History",
    description: "List requests, delete them",
    read: "history:read",
    write: "history:write",
  },
  { name: "Usage", description: "Tokens, requests and costs", read: "usage:read" },
  {
    name: "Everyone’s requests",
    description: "Not only the key’s own requests and usage",
    read: "requests:read_all",
  },
  { name: "Models", description: "The catalog and its prices", read: "models:read" },
  { name: "API keys", description: "Their limits, never their secrets", read: "keys:read" },
  { name: "Members", description: "Who is in the organization", read: "members:read" },
  { name: "Billing", description: "Plan and invoices", read: "billing:read" },
  {
    name: "Webhooks",
    description: "Endpoints and deliveries",
    read: "webhooks:read",
    write: "webhooks:write",
  },
  { name: "Audit log", description: "Who did what", read: "audit:read" },
];

export const readOnlyScopes: KeyScope[] = ["inference:read", "history:read", "usage:read", "models:read"];

export function levelOf({ read, write }: Resource, scopes: readonly KeyScope[]): Level {
  if (write !== undefined && scopes.includes(write)) return "write";
  return scopes.includes(read) ? "read" : "none";
}

export function withLevel(scopes: readonly KeyScope[], { read, write }: Resource, level: Level): KeyScope[] {
  const others = scopes.filter((scope) => scope !== read && scope !== write);
  if (level === "none") return others;
  return level === "write" && write !== undefined ? [...others, read, write] : [...others, read];
}

/** The levels of a resource that a member can grant: those that their own role has. */
export function givableLevels({ read, write }: Resource, mine: ReadonlySet<string>): Level[] {
  return [
    "none",
    ...(mine.has(read) ? (["read"] as const) : []),
    ...(write !== undefined && mine.has(write) && mine.has(read) ? (["write"] as const) : []),
  ];
}

/** A key's scopes by resource: "Inference: write, Models: read". */
export function describeScopes(scopes: readonly KeyScope[]): { name: string; level: Level }[] {
  return resources
    .map((resource) => ({ name: resource.name, level: levelOf(resource, scopes) }))
    .filter(({ level }) => level !== "none");
}
