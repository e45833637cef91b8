"use client";

import { useMutation } from "@tanstack/react-query";
import * as z from "zod/mini";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { DialogContent, DialogSubmitFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../_client/failure-notice";
import { emailSchema } from "../../../_client/form-schemas";
import { useTRPC } from "../../../_client/trpc";
import { useZodForm } from "../../../_client/use-zod-form";
import { type Role, roleOptions } from "../_lib/roles";
import { useCustomRoles } from "../_lib/use-custom-roles";
import { RoleField } from "./role-field";

const schema = z.object({ email: emailSchema, role: z.string() });

export default function InviteDialog({ assignable, onDone }: { assignable: Role[]; onDone: () => void }) {
  const trpc = useTRPC();
  const invite = useMutation(trpc.team.invite.mutationOptions());
  const form = useZodForm(schema, { defaultValues: { email: "", role: "developer" } });
  const options = roleOptions(assignable, useCustomRoles());
  const send = async (input: z.output<typeof schema>) => {
    const invitation = await invite.mutateAsync(input);
    toast(`Invitation sent to ${invitation.email}`, {
      description: "The link works for seven days.",
      tone: "good",
    });
    onDone();
  };
  return (
    <DialogContent title="Invite member" description="We’ll email them a link that works once.">
      <form {...form.formProps(send)} className="grid gap-4">
        {form.failure !== null && <FailureNotice error={form.failure} />}
        <FormField form={form} name="email" label="Email">
          {(control) => <Input {...control} type="email" required maxLength={254} autoComplete="off" />}
        </FormField>
        <RoleField
          value={form.watch("role")}
          options={options}
          error={form.errorAt("role")}
          onChange={(role) => form.change({ role })}
        />
        <DialogSubmitFooter pending={form.formState.isSubmitting}>Invite member</DialogSubmitFooter>
      </form>
    </DialogContent>
  );
}
