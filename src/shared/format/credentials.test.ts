import { expect, it } from "vitest";
import { countCredentials, kindsOf } from "./credentials";

it.each([
  [{ keys: 1, serviceAccounts: 0 }, "1 API key", "API keys"],
  [{ keys: 0, serviceAccounts: 2 }, "2 service accounts", "service accounts"],
  [{ keys: 2, serviceAccounts: 1 }, "2 API keys and 1 service account", "API keys and service accounts"],
  [{ keys: 0, serviceAccounts: 0 }, "0 API keys", "API keys"],
])("%j are %s, of the kind of %s", (credentials, counted, kinds) => {
  expect([countCredentials(credentials), kindsOf(credentials)]).toEqual([counted, kinds]);
});
