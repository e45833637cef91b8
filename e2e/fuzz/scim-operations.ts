import type { Json } from "../support/contract";

const user: Json = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
  userName: "ada@example.com",
  externalId: "00u1",
  name: { givenName: "Ada", familyName: "Lovelace" },
  emails: [{ value: "ada@example.com", type: "work", primary: true }],
  active: true,
};
const group: Json = {
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"],
  displayName: "Engineers",
  members: [{ value: "dus_01jd0q4g5te8tvhz3t1c7x9ncm" }],
};
const patch: Json = {
  schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
  Operations: [
    { op: "replace", path: 'emails[type eq "work"].value', value: "ada@example.org" },
    { op: "add", value: { active: false } },
  ],
};

const text = (name: string) => ({ name, in: "query", schema: { type: "string" } });
const body = (example: Json) => ({
  requestBody: { content: { "application/json": { schema: {}, example } } },
});

/** What a company's directory calls (RFC 7644): no part of the API document, whose form this has. */
export const scimOperations = ["Users", "Groups"].flatMap((name) => {
  const example = name === "Users" ? user : group;
  const [all, one] = [`/scim/v2/${name}`, `/scim/v2/${name}/{id}`];
  const listed = { parameters: ["filter", "startIndex", "count", "attributes", "sortBy"].map(text) };
  return [
    { method: "GET", path: all, operation: { operationId: `scimList${name}`, ...listed } },
    { method: "POST", path: all, operation: { operationId: `scimCreate${name}`, ...body(example) } },
    { method: "GET", path: one, operation: { operationId: `scimGet${name}` } },
    { method: "PUT", path: one, operation: { operationId: `scimReplace${name}`, ...body(example) } },
    { method: "PATCH", path: one, operation: { operationId: `scimPatch${name}`, ...body(patch) } },
    { method: "DELETE", path: one, operation: { operationId: `scimDelete${name}` } },
  ];
});
