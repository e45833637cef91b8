import {
  type ArtifactKind,
  consumeArtifact,
  deleteArtifact,
  endGrant,
  findArtifact,
  saveArtifact,
} from "@agathaai/core/oauth";
import { AppError, type Db, fromPublicId, SECOND } from "@agathaai/core/platform";
import { type Adapter, type AdapterPayload, errors } from "oidc-provider";

export const nothingKept: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
};

/** What the protocol keeps between its steps, by the secret that its holder has. */
export class ArtifactAdapter implements Adapter {
  constructor(
    private readonly kind: ArtifactKind,
    protected readonly db: () => Db,
  ) {}

  async upsert(secret: string, payload: AdapterPayload, seconds: number): Promise<void> {
    const grantId = payload.grantId === undefined ? null : (uuidOf("agr", payload.grantId) ?? null);
    await saveArtifact(this.db(), { kind: this.kind, secret, payload: { ...payload }, grantId, seconds });
  }

  async find(secret: string): Promise<AdapterPayload | undefined> {
    const found = await findArtifact(this.db(), { kind: this.kind, secret });
    if (found === undefined) return undefined;
    const { payload, consumedAt } = found;
    return { ...payload, ...(consumedAt && { consumed: Math.floor(consumedAt.getTime() / SECOND) }) };
  }

  /**
   * Concurrent exchanges can both find the code unused. The one that loses ends the grant, as a later exchange would.
   */
  async consume(secret: string): Promise<void> {
    if (await consumeArtifact(this.db(), { kind: this.kind, secret })) return;
    const grantId = (await this.find(secret))?.grantId;
    if (grantId !== undefined) await end(this.db(), grantId);
    throw new errors.InvalidGrant("already used");
  }

  async destroy(secret: string): Promise<void> {
    await deleteArtifact(this.db(), { kind: this.kind, secret });
  }

  findByUid = nothingKept.findByUid;

  async findByUserCode(_userCode: string): Promise<AdapterPayload | undefined> {
    return undefined;
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await end(this.db(), grantId);
  }
}

/** The library ends a grant when a code or refresh token is used twice, and when the app revokes one. */
export async function end(db: Db, id: string): Promise<void> {
  const grantId = uuidOf("agr", id);
  if (grantId !== undefined) await endGrant(db, { grantId });
}

/** Undefined for what is no id of this kind. */
export function uuidOf(prefix: "agr" | "app" | "sva", id: string): string | undefined {
  try {
    return fromPublicId(prefix, id);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
