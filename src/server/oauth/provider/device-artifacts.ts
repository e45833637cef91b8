import { ipFingerprint } from "@agathaai/core/accounts";
import { consumeLimit } from "@agathaai/core/limits";
import { findArtifact, saveArtifact } from "@agathaai/core/oauth";
import { type Db, SECOND } from "@agathaai/core/platform";
import { keyedHash } from "@agathaai/core/platform/crypto/keyed-hash";
import { type AdapterPayload, errors } from "oidc-provider";
import { z } from "zod";
import { ArtifactAdapter } from "./artifacts";

/** How often a device is told to ask whether its person has agreed. */
export const POLL_SECONDS = 5;
/** One that keeps to that may be a second early. */
const POLL_WINDOW_MS = 4 * SECOND;
/** How long an expired code is known as one, so that its device learns that it came too late. */
const KNOWN_AFTER_SECONDS = 600;

const pointerSchema = z.object({ deviceCode: z.string() });

/** What is kept of who asks for a code, for the page where it is entered: of its address only whether another is the same. */
export function deviceInfoOf(ip: string, userAgent: string) {
  return { network: ipFingerprint(ip), userAgent: userAgent.slice(0, 256) };
}

/** Codes of devices (RFC 8628), found by the device's own secret, and by the code that its person enters while nobody has. */
export class DeviceArtifacts extends ArtifactAdapter {
  constructor(db: () => Db) {
    super("DeviceCode", db);
  }

  override async upsert(secret: string, payload: AdapterPayload, seconds: number): Promise<void> {
    await super.upsert(secret, payload, seconds + KNOWN_AFTER_SECONDS);
    if (payload.userCode === undefined || !isPending(payload)) return;
    await saveArtifact(this.db(), {
      kind: "UserCode",
      secret: payload.userCode,
      payload: { deviceCode: secret },
      grantId: null,
      seconds,
    });
  }

  /** A device asks for its tokens. @throws `slow_down` for one that asks more often than it was told. */
  override async find(secret: string): Promise<AdapterPayload | undefined> {
    const found = await super.find(secret);
    if (found !== undefined && isPending(found)) {
      const key = `oauth:device:${Buffer.from(keyedHash(`device-poll:${secret}`)).toString("base64url")}`;
      const { allowed } = await consumeLimit(this.db(), { key, limit: 1, windowMs: POLL_WINDOW_MS });
      if (!allowed) throw new errors.SlowDown();
    }
    return found;
  }

  override async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    const found = await findArtifact(this.db(), { kind: "UserCode", secret: userCode });
    const pointer = pointerSchema.safeParse(found?.consumedAt === null ? found.payload : undefined);
    return pointer.success ? await super.find(pointer.data.deviceCode) : undefined;
  }
}

/** Nobody has agreed or refused, and there is time left. */
function isPending({ accountId, error, exp = 0 }: AdapterPayload): boolean {
  return accountId === undefined && error === undefined && exp * SECOND > Date.now();
}
