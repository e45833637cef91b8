import { randomUUID } from "node:crypto";
import { forgetPrincipals, loadUserPrincipal, loginToPortal } from "@agathaai/core/accounts";
import { createDirectoryToken } from "@agathaai/core/company-sign-in";
import { fromPublicId, newId, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { expect } from "vitest";
import type { TestStack } from "../../../infra/testing/use-test-stack";
import type { Api } from "../../support/client";
import { customer, type Person } from "../../support/people";

export interface ScimReply {
  status: number;
  headers: Headers;
  json: ScimResource;
}

/** What tests read of SCIM's answers, by name: of a resource, a list of them, or the provider's configuration. */
export interface ScimResource {
  readonly [name: string]: unknown;
  readonly id: string;
  readonly userName: string;
  readonly detail: string;
  readonly meta: Readonly<Record<"version" | "created" | "location", string>>;
  readonly filter: { readonly maxResults: number };
  readonly members: { readonly value: string }[];
  readonly Resources: [ScimResource, ...ScimResource[]];
}

export type Scim = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<ScimReply>;

export interface Company {
  owner: Person;
  orgId: string;
  /** Verified. */
  domain: string;
  principal: UserPrincipal;
  token: string;
  tokenId: string;
  /** As its directory. */
  scim: Scim;
}

/** A caller by SCIM; `as` is what it presents. */
export function scimOf({ url }: Pick<Api, "url">, as: string | undefined): Scim {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${url}/scim/v2${path}`, {
      method,
      headers: {
        ...(as !== undefined && { authorization: `Bearer ${as}` }),
        ...(body !== undefined && { "content-type": "application/scim+json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      json: text === "" ? undefined : JSON.parse(text),
    };
  };
}

/** A company on Enterprise with a verified domain, whose directory has a token. */
export async function openCompany(api: Api, stack: TestStack): Promise<Company> {
  const owner = await customer(api, stack);
  const orgId = fromPublicId("org", owner.orgId);
  const domain = `${randomUUID().slice(0, 13)}.com`;
  const now = new Date();
  await db().organizationDomain.create({
    data: { id: newId(), orgId, domain, proof: "x", verifiedAt: now, checkedAt: now, createdAt: now },
  });
  const principal = await principalOf(owner);
  const { id, secret } = await createDirectoryToken(db(), { principal });
  return { owner, orgId, domain, principal, token: secret, tokenId: id, scim: scimOf(api, secret) };
}

export async function principalOf({ email, password }: Pick<Person, "email" | "password">) {
  const session = await loginToPortal(db(), { email, password, ip: null });
  forgetPrincipals(session.userId);
  const principal = await loadUserPrincipal(db(), { kind: "session", ...session });
  if (principal === null) throw new Error("the person has no session");
  return principal;
}

/** Somebody whom the company's directory adds, as it answers. */
export async function employ({ scim, domain }: Company) {
  const { status, json } = await scim("POST", "/Users", oktaUser(newAddress(domain)));
  if (status !== 201) throw new Error(`The directory's person was refused: ${JSON.stringify(json)}`);
  return json;
}

/** An address at a domain that nobody has yet. */
export const newAddress = (domain: string): string => `grace.${randomUUID().slice(0, 8)}@${domain}`;

/** As Okta sends a new person. */
export function oktaUser(email: string, more: object = {}) {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName: email,
    name: { givenName: "Grace", familyName: "Hopper" },
    emails: [{ primary: true, value: email, type: "work" }],
    displayName: "Grace Hopper",
    locale: "en-US",
    externalId: `00u${randomUUID().slice(0, 8)}`,
    groups: [],
    password: "1mz050nq",
    active: true,
    ...more,
  };
}

/** As Entra ID sends a new person with its usual mapping. */
export function entraUser(email: string, more: object = {}) {
  return {
    schemas: [
      "urn:ietf:params:scim:schemas:core:2.0:User",
      "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
    ],
    externalId: randomUUID(),
    userName: email,
    active: true,
    addresses: [{ primary: false, type: "work", country: "US", formatted: "Redmond" }],
    displayName: "Ada Lovelace",
    emails: [{ primary: true, type: "work", value: email }],
    meta: { resourceType: "User" },
    name: { formatted: "Ada Lovelace", familyName: "Lovelace", givenName: "Ada" },
    phoneNumbers: [{ primary: true, type: "work", value: "555-0100" }],
    preferredLanguage: "en",
    title: "Countess",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
      department: "Analysis",
      employeeNumber: "7",
      manager: "boss",
    },
    ...more,
  };
}

export const patch = (...Operations: object[]) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations,
});

export const filter = (text: string) => `?filter=${encodeURIComponent(text)}`;

/** An error as SCIM has it (RFC 7644, 3.12). */
export const scimError = (status: number, scimType: string | undefined, detail: RegExp) => ({
  schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"],
  status: String(status),
  ...(scimType !== undefined && { scimType }),
  detail: expect.stringMatching(detail),
});
