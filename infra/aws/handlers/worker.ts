import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { readSecret } from "../config/read-secret";

/**
 * The entry of the inference function. Lambda puts no secrets into the environment, so they are read once per execution
 * environment, before the product's own bundle (dist/lambda.js, beside this file) reads its configuration.
 */
let product: Promise<{ handler(event: unknown, context: unknown): Promise<unknown> }> | undefined;

async function load() {
  const { SecretString } = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId: process.env["APP_SECRET_ARN"] ?? "" }),
  );
  const names = (process.env["APP_SECRET_VARIABLES"] ?? "").split(",").filter((name) => name !== "");
  Object.assign(process.env, readSecret(SecretString, names));
  const bundle = "./lambda.js";
  return import(bundle);
}

export async function handler(event: unknown, context: unknown): Promise<unknown> {
  product ??= load().catch((error: unknown) => {
    // The next event tries again: a secret may be changing.
    product = undefined;
    throw error;
  });
  return (await product).handler(event, context);
}
