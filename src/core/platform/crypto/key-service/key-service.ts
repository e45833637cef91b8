import { singleton } from "../../concurrency/singleton";
import { env } from "../../env";
import type { KeyService } from "./key-wrap";
import { kmsKeyService } from "./kms-key-service";
import { localKeyService } from "./local-key-service";

export type { KeyContext, KeyService, WrappedKey } from "./key-wrap";
export { kmsKeyService, localKeyService };

/** The key service of this process: AWS KMS when `KMS_KEY_ID` is set, the local master key otherwise. */
export const keyService = singleton("key service", (): KeyService => {
  const { MASTER_KEY, KMS_KEY_ID, AWS_REGION } = env();
  if (KMS_KEY_ID !== undefined) return kmsKeyService({ keyId: KMS_KEY_ID, region: AWS_REGION });
  if (MASTER_KEY !== undefined) return localKeyService(Buffer.from(MASTER_KEY, "base64"));
  throw new Error("MASTER_KEY or KMS_KEY_ID must be set");
});
