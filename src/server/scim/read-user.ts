import { emailSchema } from "@agathaai/core/accounts";
import type { DirectoryUserInput, DirectoryUserView } from "@agathaai/core/company-sign-in";
import { AppError } from "@agathaai/core/platform";
import { lineOfText } from "@agathaai/core/platform/schemas/line-of-text";
import SCIMMY from "scimmy";
import { z } from "zod";
import { parseInput } from "../errors/describe-invalid";
import { scimUrl } from "./protocol";
import { refusingMisfits } from "./scim-error";
import { versionOfUser } from "./versions";

/** What we keep of a person; a directory may send any attribute, and the others are let go. */
export const keptAttributes = ["userName", "externalId", "displayName", "name", "emails", "active"] as const;

const text = lineOfText({ min: 0, max: 256 });
const optionalText = text.nullish().transform((value) => value || null);
const userSchema = z.object({
  userName: lineOfText({ max: 320 }),
  externalId: optionalText,
  displayName: optionalText,
  name: z.object({ givenName: optionalText, familyName: optionalText }).nullish(),
  emails: z
    .array(
      z.object({ value: z.string().nullish(), type: z.string().nullish(), primary: z.boolean().nullish() }),
    )
    .max(50)
    .nullish(),
  active: z.boolean().default(true),
});

/** A person as a directory sends them whole. @throws AppError that names the attribute. */
export async function readUser(body: unknown): Promise<DirectoryUserInput> {
  const kept = keep(body);
  const checked = await refusingMisfits(() => new SCIMMY.Schemas.User(kept, "in"));
  return toInput(checked);
}

/** What a schema instance of the library holds, checked once more by our own bounds. */
export function toInput(user: unknown): DirectoryUserInput {
  const { userName, externalId, displayName, name, emails, active } = parseInput(
    userSchema,
    JSON.parse(JSON.stringify(user)),
  );
  const listed = emails ?? [];
  const address =
    listed.find(({ primary }) => primary) ?? listed.find(({ type }) => type === "work") ?? listed[0];
  const email = emailSchema.safeParse(address?.value ?? userName);
  if (!email.success) {
    throw new AppError("invalid_request", {
      public: "emails: a user needs an email address, in emails or as userName.",
      param: "emails",
    });
  }
  return {
    userName,
    externalId,
    displayName,
    givenName: name?.givenName ?? null,
    familyName: name?.familyName ?? null,
    email: email.data,
    active,
  };
}

/** Attribute names are not case exact (RFC 7643 §2.1), and Entra ID sends booleans as texts. */
function keep(body: unknown): Record<string, unknown> {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new AppError("invalid_json", { public: "The body must be a JSON object." });
  }
  const sent = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    ...Object.fromEntries(
      keptAttributes
        .map((name) => [name, sent.get(name.toLowerCase())] as const)
        .filter(([, value]) => value !== undefined && value !== null)
        .map(([name, value]) => [name, name === "active" ? toBoolean(value) : value]),
    ),
  };
}

export function toBoolean(value: unknown): unknown {
  if (typeof value !== "string" || !/^(true|false)$/i.test(value)) return value;
  return value.toLowerCase() === "true";
}

/** As directories read them. `attributes` narrows what is shown. */
export function showUser(view: DirectoryUserView, attributes?: SCIMMY.Types.Filter) {
  const { id, userName, externalId, displayName, givenName, familyName, email, active, groups } = view;
  const name = { ...(givenName && { givenName }), ...(familyName && { familyName }) };
  const resource = {
    id,
    userName,
    ...(externalId && { externalId }),
    ...(displayName && { displayName }),
    ...(Object.keys(name).length > 0 && { name }),
    emails: [{ value: email, type: "work", primary: true }],
    active,
    ...(groups.length > 0 && {
      groups: groups.map((group) => ({
        value: group.id,
        display: group.name,
        $ref: scimUrl(`/Groups/${group.id}`),
      })),
    }),
    meta: { created: view.createdAt, lastModified: view.updatedAt, version: versionOfUser(view) },
  };
  return new SCIMMY.Schemas.User(resource, "out", scimUrl("/Users"), attributes);
}
