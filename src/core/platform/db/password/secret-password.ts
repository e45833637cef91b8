import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from "@aws-sdk/client-secrets-manager";
import { z } from "zod";
import { MINUTE } from "../../../../shared/time";
import { type Clock, systemClock } from "../../clock";
import type { PasswordSource } from "./password-source";

const TIMEOUT_MS = 3_000;
/** A rotation is noticed when PostgreSQL refuses the old password; this is for secrets that are changed beforehand. */
const READ_AFTER_MS = 5 * MINUTE;

const inJson = z.object({ password: z.string().min(1) });

type Stage = "AWSCURRENT" | "AWSPENDING";

/**
 * A password in AWS Secrets Manager: a JSON object's `password`, as RDS writes it, or the whole text. While a rotation is under way
 * PostgreSQL knows the pending version already, so that is tried as well.
 */
export function secretPassword(
  secretId: string,
  { clock = systemClock, ...config }: SecretsManagerClientConfig & { clock?: Clock } = {},
): PasswordSource {
  const client = new SecretsManagerClient({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: TIMEOUT_MS },
    ...config,
  });
  let known: { password: string; at: number } | undefined;
  let version = 0;
  let renewing: Promise<boolean> | undefined;

  async function ask(stage: Stage): Promise<string | undefined> {
    try {
      const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage });
      const { SecretString } = await client.send(command, {
        abortSignal: AbortSignal.timeout(2 * TIMEOUT_MS),
      });
      return SecretString === undefined ? undefined : passwordIn(SecretString);
    } catch (error) {
      if (error instanceof Error && error.name === "ResourceNotFoundException" && stage === "AWSPENDING")
        return;
      throw error;
    }
  }

  function learn(password: string): void {
    if (password !== known?.password) version += 1;
    known = { password, at: clock.now().getTime() };
  }

  async function findAnother(): Promise<boolean> {
    const refused = known?.password;
    for (const stage of ["AWSCURRENT", "AWSPENDING"] as const) {
      const password = await ask(stage);
      if (password === undefined || password === refused) continue;
      learn(password);
      return true;
    }
    return false;
  }

  return {
    version: () => version,
    async read() {
      if (known !== undefined && clock.now().getTime() - known.at < READ_AFTER_MS) return known.password;
      try {
        const current = await ask("AWSCURRENT");
        if (current === undefined) throw new Error("the secret has no text");
        learn(current);
        return current;
      } catch (error) {
        // It opens connections until it is changed, and then `renew` asks again.
        if (known === undefined) throw error;
        known = { ...known, at: clock.now().getTime() };
        return known.password;
      }
    },
    async renew(refused) {
      if (refused !== version) return true;
      renewing ??= findAnother().finally(() => {
        renewing = undefined;
      });
      return await renewing;
    },
  };
}

function passwordIn(text: string): string {
  try {
    const parsed = inJson.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data.password;
  } catch {
    // Not JSON: the text is the password.
  }
  return text;
}
