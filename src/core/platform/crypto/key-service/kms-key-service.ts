import { DecryptCommand, EncryptCommand, KMSClient, type KMSClientConfig } from "@aws-sdk/client-kms";
import { AppError } from "../../errors";
import { unreadable } from "../field";
import type { KeyService } from "./key-wrap";

const TIMEOUT_MS = 3_000;

export interface KmsOptions extends Pick<KMSClientConfig, "region" | "endpoint" | "credentials"> {
  /** Key id, ARN or alias of a symmetric key. */
  keyId: string;
}

/** Errors about the ciphertext or the key, which a retry cannot fix. */
const finalErrors = new Set([
  "InvalidCiphertextException",
  "IncorrectKeyException",
  "NotFoundException",
  "InvalidKeyUsageException",
  "ValidationException",
]);

/** A multi-region key has this id in each of its regions, and an ARN of its own there. */
const MULTI_REGION = /^(?:arn:[\w-]+:kms:[\w-]+:\d+:key\/)?(mrk-\w+)$/;
const idOf = (key: string) => MULTI_REGION.exec(key)?.[1] ?? key;

/**
 * Wraps data keys with AWS KMS, with the subject as encryption context: CloudTrail records whose key was used, and KMS
 * refuses a wrapped key that was copied to another subject. KMS rotates the master key.
 *
 * Of a multi-region key the id is stored, never an ARN, so that any of its regions unwraps what another one wrapped. ARNs that were
 * stored before are reduced when they are read.
 */
export function kmsKeyService({ keyId, ...config }: KmsOptions): KeyService {
  const client = new KMSClient({
    ...config,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: TIMEOUT_MS },
  });

  return {
    async wrap(key, context) {
      const command = new EncryptCommand({ KeyId: keyId, Plaintext: key, EncryptionContext: context });
      const { CiphertextBlob, KeyId } = await withTimeout((options) => client.send(command, options));
      if (CiphertextBlob === undefined) throw unavailable("KMS answered Encrypt without content");
      return { wrapped: new Uint8Array(CiphertextBlob), kekId: idOf(KeyId ?? keyId) };
    },
    async unwrap(wrapped, kekId, context) {
      const command = new DecryptCommand({
        // As configured it also names the account, where the key is another one's.
        KeyId: idOf(kekId) === idOf(keyId) ? keyId : idOf(kekId),
        CiphertextBlob: wrapped,
        EncryptionContext: context,
      });
      const { Plaintext } = await withTimeout((options) => client.send(command, options));
      if (Plaintext === undefined) throw unavailable("KMS answered Decrypt without content");
      return new Uint8Array(Plaintext);
    },
  };
}

async function withTimeout<T>(call: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
  try {
    return await call({ abortSignal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "unknown error";
    if (finalErrors.has(name)) throw unreadable(`KMS refused: ${name}`, cause);
    throw unavailable(`KMS did not answer: ${name}`, cause);
  }
}

function unavailable(internal: string, cause?: unknown): AppError {
  return new AppError("service_unavailable", {
    public: "Temporarily unavailable. Try again in a moment.",
    internal,
    retryAfterSeconds: 5,
    cause,
  });
}
