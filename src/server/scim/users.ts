import {
  changeDirectoryUser,
  createDirectoryUser,
  type DirectoryUserView,
  deleteDirectoryUser,
  getDirectoryUser,
  listDirectoryUsers,
} from "@agathaai/core/company-sign-in";
import { AppError } from "@agathaai/core/platform";
import { patchUser, readOperations } from "./patch-user";
import { scimUrl } from "./protocol";
import { readFilter, textIn } from "./read-filter";
import { readUser, showUser } from "./read-user";
import {
  idOrNull,
  listAnswer,
  readAttributes,
  readPaging,
  type ScimCall,
  type ScimResource,
  unlessKnown,
} from "./scim-call";
import { ScimError } from "./scim-error";
import { assertVersion, versionOfUser } from "./versions";

const filtered = ["username", "externalid", "id", "emails.value", "active"];

/** The people of a directory (RFC 7643 §4.1). */
export const users: ScimResource = {
  async list({ db, principal, query }) {
    const page = readPaging(query);
    const attributes = readAttributes(query);
    const found = await listDirectoryUsers(db, { principal, filter: filterOf(query), ...page });
    const items = found.items.map((view) => showUser(view, attributes));
    return listAnswer({ total: found.total, items }, page);
  },
  async create(call) {
    const input = await readUser(await call.body());
    return shown(call, 201, await createDirectoryUser(call.db, { principal: call.principal, input }));
  },
  async read(call, id) {
    const { db, principal } = call;
    return unlessKnown(call, shown(call, 200, await getDirectoryUser(db, { principal, id: userId(id) })));
  },
  async replace(call, id) {
    const { db, principal } = call;
    const input = await readUser(await call.body());
    const change = (view: DirectoryUserView) => {
      assertVersion(call.preconditions, versionOfUser(view));
      return input;
    };
    return shown(call, 200, await changeDirectoryUser(db, { principal, id: userId(id), change }));
  },
  async patch(call, id) {
    const { db, principal } = call;
    const operations = readOperations(await call.body());
    const change = (view: DirectoryUserView) => {
      assertVersion(call.preconditions, versionOfUser(view));
      return patchUser(view, operations);
    };
    return shown(call, 200, await changeDirectoryUser(db, { principal, id: userId(id), change }));
  },
  async remove({ db, principal, preconditions }, id) {
    const check = (view: DirectoryUserView) => assertVersion(preconditions, versionOfUser(view));
    await deleteDirectoryUser(db, { principal, id: userId(id), check });
    return { status: 204 };
  },
};

function shown({ query }: ScimCall, status: 200 | 201, view: DirectoryUserView) {
  return {
    status,
    version: versionOfUser(view),
    body: showUser(view, readAttributes(query)),
    location: scimUrl(`/Users/${view.id}`),
  };
}

/** @throws AppError `not_found` for what is none of our ids. */
function userId(text: string): string {
  const id = idOrNull("dus", text);
  if (id !== null) return id;
  throw new AppError("not_found", { public: "User not found.", param: "id" });
}

function filterOf(query: URLSearchParams) {
  const comparisons = readFilter(query.get("filter") ?? undefined, filtered);
  const [userName, externalId, email, id] = ["username", "externalid", "emails.value", "id"].map((name) =>
    textIn(comparisons, name),
  );
  const active = comparisons.get("active");
  if (typeof active === "string") {
    throw new ScimError("invalidFilter", "filter: active is compared with true or false.");
  }
  return {
    ...(userName !== undefined && { userName }),
    ...(externalId !== undefined && { externalId }),
    ...(email !== undefined && { email }),
    ...(id !== undefined && { id: idOrNull("dus", id) }),
    ...(active !== undefined && { active }),
  };
}
