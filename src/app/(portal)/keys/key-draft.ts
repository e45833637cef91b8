import type { Inputs } from "../../client/trpc";

export type CreateKeyInput = Inputs["keys"]["create"];
export type KeyScope = NonNullable<CreateKeyInput["scopes"]>[number];

/** What a program may be allowed. Managing keys, members and payment stays with people. */
export const keyScopes = [
  "inference:write",
  "inference:read",
  "history:read",
  "history:write",
  "usage:read",
  "keys:read",
  "models:read",
  "members:read",
  "billing:read",
  "webhooks:read",
  "webhooks:write",
  "audit:read",
] as const satisfies readonly KeyScope[];

export const defaultKeyScopes: KeyScope[] = [
  "inference:write",
  "inference:read",
  "history:read",
  "history:write",
  "usage:read",
  "models:read",
];

export const lifetimes = [
  { value: "", label: "Never" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
] as const;

/** What the form holds; all text, as the controls do. */
export interface KeyDraft {
  name: string;
  environment: "live" | "test";
  lifetimeDays: string;
  models: string[];
  rpmLimit: string;
  ipAllowlist: string;
  /** null: the server's own choice, which suits a program that calls models. */
  scopes: KeyScope[] | null;
}

export const emptyKeyDraft: KeyDraft = {
  name: "",
  environment: "test",
  lifetimeDays: "",
  models: [],
  rpmLimit: "",
  ipAllowlist: "",
  scopes: null,
};

const DAY_MS = 86_400_000;

/** The draft as the server takes it; what is left empty is left out. */
export function toCreateKeyInput(draft: KeyDraft, now: Date): CreateKeyInput {
  const addresses = draft.ipAllowlist.split(/[\s,]+/).filter((address) => address !== "");
  const days = Number(draft.lifetimeDays);
  return {
    name: draft.name.trim(),
    environment: draft.environment,
    ...(draft.scopes === null ? {} : { scopes: draft.scopes }),
    ...(days > 0 ? { expires_at: new Date(now.getTime() + days * DAY_MS).toISOString() } : {}),
    ...(draft.models.length > 0 ? { models: draft.models } : {}),
    ...(draft.rpmLimit === "" ? {} : { rpm_limit: Number(draft.rpmLimit) }),
    ...(addresses.length > 0 ? { ip_allowlist: addresses } : {}),
  };
}
