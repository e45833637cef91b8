import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, it } from "vitest";
import { handler } from "../handlers/worker";
import { readSecret } from "./read-secret";
import { secretVariables } from "./secret-variables";

const VALUE = "sk-never-to-be-logged";
const whole = Object.fromEntries(secretVariables.map((name) => [name, VALUE]));
/** What the stand-in for Secrets Manager answers. */
let secret = "";
let server: Server;
const before = { ...process.env };

beforeAll(async () => {
  server = createServer((_, response) =>
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(
      JSON.stringify({
        ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:app",
        SecretString: secret,
      }),
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    APP_SECRET_ARN: "arn:aws:secretsmanager:us-east-1:123456789012:secret:app",
    APP_SECRET_VARIABLES: secretVariables.join(","),
  });
});

afterAll(() => {
  server.close();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

/** What a call of the function says when it fails; it always does here, for want of the product's bundle beside it. */
const refusal = async () => {
  try {
    await handler({ Records: [] }, {});
  } catch (error) {
    return String(error);
  }
  return "";
};

it("a function whose secret lacks a name does not start, and says which in one line without a value", async () => {
  const { DERIVATION_KEY_PREVIOUS: _, JWT_PRIVATE_KEY: __, ...rest } = whole;
  secret = JSON.stringify(rest);
  const said = await refusal();
  expect(said).toBe(
    "SecretError: The application's secret lacks DERIVATION_KEY_PREVIOUS, JWT_PRIVATE_KEY: add each to it (empty where it is not used); the function does not start.",
  );
  expect(said).not.toContain(VALUE);
  expect(process.env["REDIS_URL"]).not.toBe(VALUE);
});

it("the next event tries again: with the name put in, the product is loaded with what the secret holds", async () => {
  secret = JSON.stringify({ ...whole, REDIS_URL: "" });
  expect(await refusal()).toContain("lambda.js");
  expect(process.env["JWT_PRIVATE_KEY"]).toBe(VALUE);
  expect(process.env["REDIS_URL"]).toBe("");
});

it.each([`{"REDIS_URL": "${VALUE}"`, `"${VALUE}"`, "null", ""])(
  "a secret that is no JSON object is refused without being quoted (%#)",
  (text) => {
    expect(() => readSecret(text, ["REDIS_URL"])).toThrow("The application's secret is no JSON object");
    expect(() => readSecret(text, ["REDIS_URL"])).not.toThrow(VALUE);
  },
);

it("a name that holds nothing (null, a list) is missing, and a function that is told no names does not start", () => {
  expect(() => readSecret('{"REDIS_URL": null, "SMTP_URL": []}', ["REDIS_URL", "SMTP_URL"])).toThrow(
    "lacks REDIS_URL, SMTP_URL",
  );
  expect(readSecret('{"REDIS_URL": "", "MORE": "x"}', ["REDIS_URL"])).toEqual({ REDIS_URL: "" });
  expect(() => readSecret("{}", [])).toThrow("APP_SECRET_VARIABLES");
});
