import {
  type DirectoryGroupInput,
  type DirectoryGroupResource,
  type GroupChange,
  MAX_GROUP_MEMBERS,
  type MemberStep,
  memberNotInDirectory,
} from "@agathaai/core/company-sign-in";
import { AppError, fromPublicId } from "@agathaai/core/platform";
import { lineOfText } from "@agathaai/core/platform/schemas/line-of-text";
import { z } from "zod";
import { parseInput } from "../errors/describe-invalid";
import { type PatchOperation, readOperations } from "./patch-user";
import { scimUrl } from "./protocol";
import { ScimError } from "./scim-error";
import { versionOfGroup } from "./versions";

const name = lineOfText({ max: 256 });
const externalId = lineOfText({ min: 0, max: 256 })
  .nullish()
  .transform((value) => value || null);
const members = z
  .array(z.object({ value: z.string().max(100) }))
  .max(MAX_GROUP_MEMBERS)
  .nullish()
  .transform((list) => (list ?? []).map(({ value }) => value));
const groupSchema = z.object({ displayName: name, externalId, members });

const SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Group";

/**
 * Groups are read and changed by our own hand: the library checks every member anew at each change.
 * @throws AppError that names the attribute.
 */
export function readGroup(body: unknown): DirectoryGroupInput {
  const { members: listed, ...group } = parseInput(groupSchema, named(body));
  return { ...group, members: listed.map(memberId) };
}

/** What a PATCH changes, its steps in their order. @throws AppError that names what is wrong. */
export function readGroupChange(body: unknown): GroupChange {
  const change: { displayName?: string; externalId?: string | null; steps: MemberStep[] } = { steps: [] };
  for (const { op, path, value } of readOperations(body).flatMap(withPath)) {
    const [, attribute = "", filtered] =
      /^(\w+)(?:\[\s*value\s+eq\s+"([^"]{1,100})"\s*\])?$/i.exec(path.replace(/^urn:.*:Group:/i, "")) ?? [];
    switch (attribute.toLowerCase()) {
      case "displayname":
        change.displayName = parseInput(groupSchema.pick({ displayName: true }), {
          displayName: value,
        }).displayName;
        break;
      case "externalid":
        change.externalId = op === "remove" ? null : parseInput(externalId, value);
        break;
      case "members":
        change.steps.push(stepOf({ op, value, filtered }));
        break;
      default:
        throw new ScimError("invalidPath", `path: ${path.slice(0, 100)} is no attribute of a group.`);
    }
  }
  return change;
}

function withPath({ op, path, value }: PatchOperation): (PatchOperation & { path: string })[] {
  if (path !== undefined) return [{ op, path, value }];
  if (op === "remove") throw new ScimError("noTarget", "path: remove needs one.");
  return Object.entries(named(value))
    .filter(([attribute]) => !["schemas", "id", "meta"].includes(attribute))
    .map(([attribute, one]) => ({ op, path: attribute, value: one }));
}

function stepOf({
  op,
  value,
  filtered,
}: {
  op: PatchOperation["op"];
  value: unknown;
  filtered: string | undefined;
}): MemberStep {
  if (filtered !== undefined) {
    if (op !== "remove") throw new ScimError("invalidPath", "path: a member can be removed by a filter.");
    return { kind: "remove", members: knownIds([filtered]) };
  }
  // Entra ID names those who leave in the value; without one everybody leaves.
  if (op === "remove" && (value === undefined || value === null)) return { kind: "set", members: [] };
  const one = Array.isArray(value) ? value : [value];
  const { members: listed } = parseInput(groupSchema.pick({ members: true }), { members: one });
  if (op === "remove") return { kind: "remove", members: knownIds(listed) };
  return { kind: op === "add" ? "add" : "set", members: listed.map(memberId) };
}

/** Who is none of ours is in no group. */
function knownIds(values: readonly string[]): string[] {
  return values.flatMap((value) => {
    try {
      return [fromPublicId("dus", value)];
    } catch {
      return [];
    }
  });
}

/** @throws AppError `invalid_request`. */
function memberId(value: string): string {
  const [id] = knownIds([value]);
  if (id !== undefined) return id;
  throw memberNotInDirectory();
}

/** By the spelling that we know: attribute names are not case exact (RFC 7643 §2.1). @throws AppError `invalid_json`. */
function named(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new AppError("invalid_json", { public: "A JSON object is expected here." });
  }
  const spelling = new Map(
    ["displayName", "externalId", "members", "schemas", "id", "meta"].map((one) => [one.toLowerCase(), one]),
  );
  return Object.fromEntries(
    Object.entries(body).map(([one, value]) => [spelling.get(one.toLowerCase()) ?? one, value]),
  );
}

export function showGroup(view: DirectoryGroupResource) {
  const { id, displayName, externalId: external, members: listed, createdAt, updatedAt } = view;
  return {
    schemas: [SCHEMA],
    id,
    displayName,
    ...(external !== null && { externalId: external }),
    ...(listed !== undefined && {
      members: listed.map((value) => ({ value, type: "User", $ref: scimUrl(`/Users/${value}`) })),
    }),
    meta: {
      resourceType: "Group",
      created: createdAt.toISOString(),
      lastModified: updatedAt.toISOString(),
      location: scimUrl(`/Groups/${id}`),
      version: versionOfGroup(view),
    },
  };
}
