import type { Db } from "../../platform";

export interface Client {
  name: string;
  homepageUrl: string;
  redirectUris: string[];
  scopes: string[];
  confidential: boolean;
  deviceFlow: boolean;
}

/** An app as the protocol sees it. Undefined once the app, or the organization that registered it, is deleted or suspended. */
export async function findClient(db: Db, appId: string): Promise<Client | undefined> {
  const row = await db.oauthApp.findFirst({
    where: { id: appId, organization: { deletedAt: null, suspendedAt: null } },
    select: {
      name: true,
      homepageUrl: true,
      redirectUris: true,
      scopes: true,
      secretHash: true,
      deviceFlow: true,
    },
  });
  if (row === null) return undefined;
  const { secretHash, ...client } = row;
  return { ...client, confidential: secretHash !== null };
}
