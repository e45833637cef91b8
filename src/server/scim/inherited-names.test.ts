import type { DirectoryUserView } from "@agathaai/core/company-sign-in";
import { expect, it, vi } from "vitest";
import { patchUser, readOperations } from "./patch-user";
import { readFilter } from "./read-filter";
import { readUser } from "./read-user";
import { readAttributes } from "./scim-call";

vi.mock("@agathaai/core/platform/env", async (load) => ({
  ...(await load<typeof import("@agathaai/core/platform/env")>()),
  env: () => ({ APP_URL: "http://localhost:3000", LOG_LEVEL: "silent", NODE_ENV: "test" }),
}));

const person: DirectoryUserView = {
  id: "dus_01jd0q4g5te8tvhz3t1c7x9ncm",
  userName: "grace@example.com",
  externalId: null,
  displayName: null,
  givenName: "Grace",
  familyName: "Hopper",
  email: "grace@example.com",
  active: true,
  groups: [],
  createdAt: new Date(0),
  updatedAt: new Date(0),
};
/** Of everything that any code of the process inherits from or calls by. */
const world = () =>
  [Object.prototype, Object, Array.prototype, Function.prototype, Object.prototype.toString].map((one) =>
    Reflect.ownKeys(one).map((name) => [name, Reflect.getOwnPropertyDescriptor(one, name)?.value]),
  );
const attempt = async (run: () => unknown) => {
  try {
    return await run();
  } catch (error) {
    return error;
  }
};

const names = [
  "__proto__.polluted",
  "__proto__",
  "constructor.keys",
  "constructor.prototype.polluted",
  "toString.call",
  "name.__proto__.polluted",
  "name.constructor.assign",
  "emails.constructor.keys",
  "Constructor.keys",
  "urn:ietf:params:scim:schemas:core:2.0:User:__proto__.polluted",
  "urn:ietf:params:scim:schemas:core:2.0:User:name.constructor.keys",
  "hasOwnProperty.call",
];

it.each(names)("a directory that names %s changes nothing that all of the process inherits", async (name) => {
  const before = world();
  for (const text of [`${name} eq "x"`, `emails[${name} eq "x"]`, `userName eq "a" and ${name} eq "x"`]) {
    expect(await attempt(() => readFilter(text, ["username", "emails.value"]))).toMatchObject({
      scimType: "invalidFilter",
    });
  }
  for (const key of ["attributes", "excludedAttributes"]) {
    await attempt(() => readAttributes(new URLSearchParams({ [key]: `userName,${name}` })));
  }
  for (const op of ["add", "replace", "remove"]) {
    for (const path of [
      name,
      `name.${name}`,
      `active.${name}`,
      `emails[${name} eq "x"].value`,
      `name[${name} eq "x"]`,
    ]) {
      const message = { Operations: [{ op, path, value: "x" }] };
      await attempt(() => patchUser(person, readOperations(message)));
      const inside = {
        Operations: [{ op, path: "name", value: JSON.parse(`{"${name}":{"polluted":"x"}}`) }],
      };
      await attempt(() => patchUser(person, readOperations(inside)));
      const without = { Operations: [{ op, value: { [path]: { polluted: "x" } } }] };
      await attempt(() => patchUser(person, readOperations(without)));
    }
  }
  await attempt(() =>
    readUser(JSON.parse(`{"userName":"a@example.com","name":{"${name}":{"polluted":"x"}}}`)),
  );
  expect(world()).toEqual(before);
});

it("reads what directories ask", () => {
  const read = (text: string) => [...readFilter(text, ["username", "emails.value", "active"])];
  expect(read('userName eq "a \\"b\\" and c"')).toEqual([["username", 'a "b" and c']]);
  expect(read('USERNAME Eq "a" AND active EQ True')).toEqual([
    ["username", "a"],
    ["active", true],
  ]);
  expect(read('emails[type eq "work" and value eq "a"]')).toEqual([["emails.value", "a"]]);
  expect(read('(userName eq "constructor.prototype") and (active eq false)')).toEqual([
    ["username", "constructor.prototype"],
    ["active", false],
  ]);
  for (const text of [
    "",
    " ",
    '"',
    "userName",
    'userName eq "a',
    'userName eq "\\x"',
    'userName eq "a" and',
    "((",
    'userName eq "a" userName eq "b"',
    'userName eq "a" and userName eq "b"',
    'userName eq "\\u0000"',
  ])
    expect(() => read(text), text).toThrow(/filter/);
});
