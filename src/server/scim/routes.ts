import { SCIM_PATH } from "@agathaai/core/company-sign-in";

export const discovery = ["ServiceProviderConfig", "Schemas", "ResourceTypes"] as const;
export type Discovery = (typeof discovery)[number];
export const resources = ["Users", "Groups"] as const;
export type ResourceName = (typeof resources)[number];

export type ScimRoute =
  | { kind: "discovery"; what: Discovery; id: string | undefined }
  | { kind: "resource"; name: ResourceName; id: string | undefined };

export interface FoundScimRoute {
  /** Undefined where there is nothing of this name. */
  route: ScimRoute | undefined;
  methods: readonly string[];
  /** For metrics and logs: never the URL itself. */
  pattern: string;
  query: URLSearchParams;
}

const ofAll = ["GET", "POST"];
const ofOne = ["GET", "PUT", "PATCH", "DELETE"];

export function isScimPath(target: string): boolean {
  return target === SCIM_PATH || target.startsWith(`${SCIM_PATH}/`) || target.startsWith(`${SCIM_PATH}?`);
}

/** What a request below our SCIM address is about. */
export function findScimRoute(target: string): FoundScimRoute {
  const [path = "", query = ""] = splitAt(target, target.indexOf("?"));
  const found = (route: ScimRoute | undefined, methods: readonly string[], pattern: string) => ({
    route,
    methods,
    pattern: `${SCIM_PATH}${pattern}`,
    query: new URLSearchParams(query),
  });
  const [name = "", id, ...rest] = path
    .slice(SCIM_PATH.length + 1)
    .replace(/\/$/, "")
    .split("/")
    .map(decoded);
  const what = discovery.find((one) => one === name);
  if (what !== undefined && rest.length === 0) {
    const pattern = `/${what}${id === undefined ? "" : "/{id}"}`;
    return found({ kind: "discovery", what, id }, ["GET"], pattern);
  }
  const resource = resources.find((one) => one === name);
  if (resource !== undefined && rest.length === 0) {
    const pattern = `/${resource}${id === undefined ? "" : "/{id}"}`;
    return found({ kind: "resource", name: resource, id }, id === undefined ? ofAll : ofOne, pattern);
  }
  return found(undefined, [], "/{unknown}");
}

function splitAt(text: string, at: number): [string, string] {
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
