import type { DirectoryUserInput, DirectoryUserView } from "@agathaai/core/company-sign-in";
import SCIMMY from "scimmy";
import { z } from "zod";
import { parseInput } from "../errors/describe-invalid";
import { isAttributeName } from "./attribute-names";
import { keptAttributes, showUser, toBoolean, toInput } from "./read-user";
import { refusingMisfits, ScimError } from "./scim-error";

const MAX_OPERATIONS = 1_000;

const opSchema = z.object({
  op: z
    .string()
    .toLowerCase()
    .pipe(z.enum(["add", "remove", "replace"])),
  path: z.string().max(1_000).optional(),
  value: z.unknown().optional(),
});
export type PatchOperation = z.output<typeof opSchema>;

interface Change {
  op: PatchOperation["op"];
  path: string;
  value?: unknown;
}

const patchSchema = z.object({ Operations: z.array(opSchema).min(1).max(MAX_OPERATIONS) });

/** The operations of a PATCH (RFC 7644 §3.5.2), with or without a path. @throws AppError that names what is wrong. */
export function readOperations(body: unknown): PatchOperation[] {
  return parseInput(patchSchema, body).Operations;
}

/** A change of one attribute for each operation, without those of attributes that we do not keep. */
function plain({ op, path, value }: PatchOperation): Change[] {
  if (path === undefined) {
    if (op === "remove") throw new ScimError("noTarget", "path: remove needs one.");
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new ScimError("invalidValue", "value: without a path it must be an object of attributes.");
    }
    return Object.entries(value)
      .filter(([name]) => !["schemas", "id", "meta"].includes(name))
      .flatMap(([name, one]) => plain({ op, path: name, value: one }));
  }
  const own = path.replace(/^urn:ietf:params:scim:schemas:core:2\.0:User:/i, "");
  if (/^urn:/i.test(own)) return [];
  const name = (/^[\w$-]+/.exec(own)?.[0] ?? "").toLowerCase();
  const kept = keptAttributes.find((one) => one.toLowerCase() === name);
  if (kept === undefined) {
    if (known.has(name)) return [];
    throw new ScimError("invalidPath", `path: ${path.slice(0, 100)} is no attribute of a user.`);
  }
  if (kept === "emails" && /[.[]/.test(own)) return ofAddress({ op, path: own, value });
  if (!isAttributeName(own)) throw new ScimError("invalidPath", "path: names no attribute of a user.");
  if (kept === "active") return [{ op, path: own, value: toBoolean(value) }];
  return [{ op, path: own, value }];
}

/** `emails[type eq "work"].value`: of several addresses we keep one. */
function ofAddress({ op, path, value }: Change): Change[] {
  if (!/\.value$/i.test(path) || typeof value !== "string" || op === "remove") return [];
  return [{ op: "replace", path: "emails", value: [{ value, type: "work", primary: true }] }];
}

/** Every attribute of the protocol's user, in lower case. */
const known: ReadonlySet<string> = new Set(
  SCIMMY.Schemas.User.definition.attributes.flatMap((one) => ("name" in one ? [one.name.toLowerCase()] : [])),
);

/** What the person is after a directory's changes. */
export async function patchUser(
  view: DirectoryUserView,
  operations: readonly PatchOperation[],
): Promise<DirectoryUserInput> {
  const changes = operations.flatMap(plain);
  if (changes.length === 0) return view;
  const message = new SCIMMY.Messages.PatchOp({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
    Operations: changes.map(({ op, path, value }) => ({ op, path, ...(value !== undefined && { value }) })),
  });
  let changed: unknown;
  await refusingMisfits(() =>
    message.apply(showUser(view), async (user) => {
      changed = user;
      return user;
    }),
  );
  return toInput(changed);
}
