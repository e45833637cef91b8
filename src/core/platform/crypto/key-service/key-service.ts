import { singleton } from "../../concurrency/singleton";
import { env } from "../../env";
import type { KeyService } from "./key-wrap";
import { kmsKeyService } from "./kms-key-service";
import { type LocalKeyService, localKeyService } from "./local-key-service";

export type { KeyContext, KeyService, WrappedKey } from "./key-wrap";
export { kmsKeyService, localKeyService };

/**
 * The key service of this process: AWS KMS when `KMS_KEY_ID` is set, the local master key otherwise. Earlier master keys
 * (`MASTER_KEY_PREVIOUS`) only unwrap, so that a key is rotated, or moved to KMS, while the product runs.
 */
export const keyService = singleton("key service", (): KeyService => {
  const { MASTER_KEY_PREVIOUS } = env();
  const previous = MASTER_KEY_PREVIOUS.map((key) => localKeyService(Buffer.from(key, "base64")));
  return withPrevious(currentService(), previous);
});

function currentService(): KeyService {
  const { MASTER_KEY, KMS_KEY_ID, AWS_REGION } = env();
  if (KMS_KEY_ID !== undefined) return kmsKeyService({ keyId: KMS_KEY_ID, region: AWS_REGION });
  if (MASTER_KEY !== undefined) return localKeyService(Buffer.from(MASTER_KEY, "base64"));
  throw new Error("MASTER_KEY or KMS_KEY_ID must be set");
}

/** Wraps with the current service alone, and unwraps with whichever wrapped. */
export function withPrevious(current: KeyService, previous: readonly LocalKeyService[]): KeyService {
  return {
    wrap: (key, context) => current.wrap(key, context),
    unwrap(wrapped, kekId, context) {
      const service = previous.find((one) => one.kekId === kekId) ?? current;
      return service.unwrap(wrapped, kekId, context);
    },
  };
}
