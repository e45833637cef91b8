import * as z from "zod/mini";
import { permissions, type Scope, scopes } from "@/shared/permissions";
import { textSchema } from "../../../_client/form-schemas";

/** What a program can be given. Managing keys, members and payment stays with people. */
const ofPrograms = scopes.filter((scope) => permissions[scope].programs);

/** Those that a member can give: what their own role has. */
export function givableScopes(mine: ReadonlySet<string>): Scope[] {
  return ofPrograms.filter((scope) => mine.has(scope));
}

export const accountDraftSchema = z.object({
  name: textSchema("Enter a name."),
  environment: z.enum(["live", "test"]),
  scopes: z.array(z.custom<Scope>()).check(z.minLength(1, "Choose at least one scope.")),
});

export const emptyAccountDraft: z.output<typeof accountDraftSchema> = {
  name: "",
  environment: "test",
  scopes: ["inference:write", "inference:read", "models:read"],
};
