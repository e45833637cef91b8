import {
  changeDirectoryGroup,
  createDirectoryGroup,
  type DirectoryGroupResource,
  deleteDirectoryGroup,
  getDirectoryGroup,
  listDirectoryGroups,
} from "@agathaai/core/company-sign-in";
import { AppError } from "@agathaai/core/platform";
import { scimUrl } from "./protocol";
import { readFilter, textIn } from "./read-filter";
import { readGroup, readGroupChange, showGroup } from "./read-group";
import { idOrNull, listAnswer, readPaging, type ScimCall, type ScimResource, unlessKnown } from "./scim-call";
import { assertVersion, type VersionedGroup, versionOfGroup } from "./versions";

const filtered = ["displayname", "externalid", "id", "members.value"];

/** The groups of a directory (RFC 7643 §4.2). */
export const groups: ScimResource = {
  async list({ db, principal, query }) {
    const page = readPaging(query);
    const withMembers = asksForMembers(query);
    const filter = filterOf(query);
    const found = await listDirectoryGroups(db, { principal, filter, withMembers, ...page });
    return listAnswer({ total: found.total, items: found.items.map(showGroup) }, page);
  },
  async create(call) {
    const { db, principal } = call;
    return shown(201, await createDirectoryGroup(db, { principal, input: readGroup(await call.body()) }));
  },
  async read(call, id) {
    return unlessKnown(call, await now(call, groupId(id)));
  },
  async replace(call, id) {
    const { members, ...named } = readGroup(await call.body());
    const change = { ...named, steps: [{ kind: "set", members } as const] };
    const { db, principal } = call;
    await changeDirectoryGroup(db, { principal, id: groupId(id), change, check: expected(call) });
    return await now(call, groupId(id));
  },
  /** Without a body: a group of thousands need not be sent back for each change (RFC 7644 §3.5.2). */
  async patch(call, id) {
    const { db, principal } = call;
    const change = readGroupChange(await call.body());
    await changeDirectoryGroup(db, { principal, id: groupId(id), change, check: expected(call) });
    const view = await getDirectoryGroup(db, { principal, id: groupId(id), withMembers: false });
    return { status: 204, version: versionOfGroup(view) };
  },
  async remove(call, id) {
    const { db, principal } = call;
    await deleteDirectoryGroup(db, { principal, id: groupId(id), check: expected(call) });
    return { status: 204 };
  },
};

const expected =
  ({ preconditions }: ScimCall) =>
  (group: VersionedGroup) =>
    assertVersion(preconditions, versionOfGroup(group));

async function now({ db, principal, query }: ScimCall, id: string) {
  return shown(200, await getDirectoryGroup(db, { principal, id, withMembers: asksForMembers(query) }));
}

function shown(status: 200 | 201, view: DirectoryGroupResource) {
  const version = versionOfGroup(view);
  return { status, version, body: showGroup(view), location: scimUrl(`/Groups/${view.id}`) };
}

/** Entra ID leaves them out, because it compares names alone. */
function asksForMembers(query: URLSearchParams): boolean {
  const has = (name: string) =>
    (query.get(name) ?? "").split(",").some((one) => /^members(\.|$)/i.test(one.trim()));
  return query.has("attributes") ? has("attributes") : !has("excludedAttributes");
}

/** @throws AppError `not_found` for what is none of our ids. */
function groupId(text: string): string {
  const id = idOrNull("dgr", text);
  if (id !== null) return id;
  throw new AppError("not_found", { public: "Group not found.", param: "id" });
}

function filterOf(query: URLSearchParams) {
  const comparisons = readFilter(query.get("filter") ?? undefined, filtered);
  const [displayName, externalId, id, member] = filtered.map((name) => textIn(comparisons, name));
  return {
    ...(displayName !== undefined && { displayName }),
    ...(externalId !== undefined && { externalId }),
    ...(id !== undefined && { id: idOrNull("dgr", id) }),
    ...(member !== undefined && { member: idOrNull("dus", member) }),
  };
}
