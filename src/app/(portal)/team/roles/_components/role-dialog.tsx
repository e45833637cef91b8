"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import * as z from "zod/mini";
import { CheckList } from "@/components/ui/fields/check-list";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Select } from "@/components/ui/fields/select";
import { Dialog, DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { roles, rolesWith, scopes } from "@/shared/permissions";
import { FailureNotice } from "../../../../_client/failure-notice";
import { textSchema } from "../../../../_client/form-schemas";
import { useTRPC } from "../../../../_client/trpc";
import { useScopes } from "../../../../_client/use-scopes";
import { useZodForm } from "../../../../_client/use-zod-form";
import type { CustomRole } from "../_lib/custom-role";

const bases = ["viewer", "billing", "developer", "admin"] as const;

const schema = z.object({
  name: textSchema("Enter a name."),
  base: z.enum(bases),
  permissions: z.array(z.enum(scopes)).check(z.minLength(1, "Choose at least one permission.")),
});

/** Makes a role, or changes one. */
export default function RoleDialog({ role, onDone }: { role?: CustomRole; onDone: () => void }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const mine = useScopes();
  const create = useMutation(trpc.roles.create.mutationOptions());
  const update = useMutation(trpc.roles.update.mutationOptions());
  const base = bases.find((one) => one === role?.base) ?? "viewer";
  const form = useZodForm(schema, {
    defaultValues: {
      name: role?.name ?? "",
      base,
      permissions: role?.permissions ?? scopes.filter((scope) => rolesWith(scope).includes("viewer")),
    },
  });
  const draft = form.watch();
  const offered = scopes.filter(
    (scope) => mine?.has(scope) && (scope !== "members:write" || draft.base === "admin"),
  );
  const send = async ({ base: chosen, ...fields }: z.output<typeof schema>) => {
    if (role === undefined) await create.mutateAsync({ ...fields, base: chosen });
    else await update.mutateAsync({ id: role.id, ...fields });
    toast(role === undefined ? "Role created" : "Role changed", { tone: "good" });
    await queryClient.invalidateQueries(trpc.roles.pathFilter());
    onDone();
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title={role === undefined ? "Create role" : `Change ${role.name}`}
        description="You can give what you may do yourself. Changes take effect within five seconds."
      >
        <form {...form.formProps(send)} className="grid gap-4">
          {form.failure !== null && <FailureNotice error={form.failure} />}
          <FormField form={form} name="name" label="Name">
            {(control) => <Input {...control} maxLength={60} autoComplete="off" />}
          </FormField>
          {role === undefined && (
            <FormField
              form={form}
              name="base"
              label="Base"
              hint="If your plan loses custom roles, members have what both allow."
            >
              {(control) => (
                <Select {...control}>
                  {bases.map((one) => (
                    <option key={one} value={one}>
                      {roles[one].label}
                    </option>
                  ))}
                </Select>
              )}
            </FormField>
          )}
          <div>
            <CheckList
              legend="Permissions"
              options={offered}
              chosen={draft.permissions.filter((scope) => offered.includes(scope))}
              onChange={(permissions) => form.change({ permissions })}
            />
            {form.errorAt("permissions") && (
              <p className="mt-1.5 text-[13px] text-danger">{form.errorAt("permissions")}</p>
            )}
          </div>
          <DialogSubmitFooter pending={form.formState.isSubmitting}>
            {role === undefined ? "Create role" : "Save changes"}
          </DialogSubmitFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
