import { afterEach, expect, it, vi } from "vitest";
import { type LocalLogin, startLogin } from "../../platform/db/password/testing/start-login";
import { type LocalSecrets, startSecrets } from "../../platform/db/password/testing/start-secrets";
import { Connection, DatabaseAway } from "./connection";

let secrets: LocalSecrets;
let login: LocalLogin;

afterEach(async () => {
  vi.unstubAllEnvs();
  login.stop();
  await secrets.stop();
});

it("a connection of the admission's own is opened again with the password that was rotated meanwhile", async () => {
  [secrets, login] = [await startSecrets("first"), await startLogin("first")];
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", secrets.endpoint);
  vi.stubEnv("AWS_REGION", "eu-central-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const url = `postgresql://agathaai_app@127.0.0.1:${login.port}/agathaai?passwordFrom=secretsmanager:database`;
  const options = { url, name: "a test", listen: { channels: ["told"], onMessage: () => undefined } };
  for (const password of ["first", "second"]) {
    login.password = secrets.versions.current = password;
    const connection = new Connection(options);
    await connection.open();
    expect(connection.isUp).toBe(true);
    await connection.close();
  }
  expect(login.heard).toEqual(["first", "first", "second"]);
  login.password = "unknown";
  const refused = new Connection(options);
  await expect(refused.open()).rejects.toThrow(DatabaseAway);
  await refused.close();
});
