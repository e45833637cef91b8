import { SCIM_PATH } from "@agathaai/core/company-sign-in";
import { env } from "@agathaai/core/platform/env";
import SCIMMY from "scimmy";

/**
 * What the protocol says of itself. The library has the schemas of RFC 7643, parses filters and applies changes; its resources are
 * only declared, to be described: ours are read and written by `core`, for one organization at a time.
 */
const { User, Group, Schema, ResourceType, ServiceProviderConfig } = SCIMMY.Resources;

/** The most that one page of a list has. */
export const MAX_PAGE = 200;
export const DEFAULT_PAGE = 100;

SCIMMY.Resources.declare(User).extend(SCIMMY.Schemas.EnterpriseUser, false);
SCIMMY.Resources.declare(Group);
SCIMMY.Config.set({
  patch: true,
  filter: { supported: true, maxResults: MAX_PAGE },
  etag: true,
  authenticationSchemes: [
    {
      type: "oauthbearertoken",
      name: "SCIM token",
      description: "A token of the organization, made in Settings → Company sign-in.",
    },
  ],
});

export function scimUrl(path: string): string {
  return `${new URL(env().APP_URL).origin}${SCIM_PATH}${path}`;
}

/** Discovery (RFC 7644 §4): the same for every organization. @throws SCIMMY.Types.Error of status 404. */
export async function describeService(
  what: "ServiceProviderConfig" | "Schemas" | "ResourceTypes",
  id: string | undefined,
): Promise<unknown> {
  switch (what) {
    case "ServiceProviderConfig":
      ServiceProviderConfig.basepath(scimUrl(""));
      return await new ServiceProviderConfig().read();
    case "Schemas":
      Schema.basepath(scimUrl(""));
      return await (id === undefined ? new Schema() : new Schema(id)).read();
    case "ResourceTypes":
      ResourceType.basepath(scimUrl(""));
      return await (id === undefined ? new ResourceType() : new ResourceType(id)).read();
  }
}
