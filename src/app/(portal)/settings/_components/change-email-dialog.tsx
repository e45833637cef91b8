"use client";

import { useMutation } from "@tanstack/react-query";
import * as z from "zod/mini";
import { Button } from "@/components/ui/button";
import { FormField } from "@/components/ui/fields/form-field";
import { Input } from "@/components/ui/fields/input";
import { Dialog, DialogClose, DialogContent, DialogFooter } from "@/components/ui/overlays/dialog";
import { toast } from "@/components/ui/toasts/toast-store";
import { FailureNotice } from "../../../_client/failure-notice";
import { emailSchema } from "../../../_client/form-schemas";
import { useTRPC } from "../../../_client/trpc";
import { useZodForm } from "../../../_client/use-zod-form";

const schema = z.object({ email: emailSchema });

/** Asks for the new address, to which a link goes. */
export function ChangeEmailDialog({ onDone }: { onDone: () => void }) {
  const trpc = useTRPC();
  const { mutateAsync } = useMutation(trpc.emailChange.request.mutationOptions());
  const form = useZodForm(schema, { defaultValues: { email: "" } });
  const send = async ({ email }: z.output<typeof schema>) => {
    await mutateAsync({ email });
    toast("Link sent", { description: `Open it at ${email} within 24 hours.`, tone: "good" });
    onDone();
  };
  return (
    <Dialog open onOpenChange={(open) => !open && onDone()}>
      <DialogContent
        title="Change email"
        description="We send a link to the new email and notify the current one. Nothing changes until you open the link."
      >
        <form {...form.formProps(send)} className="grid gap-5">
          {form.failure !== null && <FailureNotice error={form.failure} />}
          <FormField
            form={form}
            name="email"
            label="New email"
            hint="Your other sessions are signed out then, and the current email can undo the change for 7 days."
          >
            {(control) => <Input {...control} type="email" autoComplete="email" required maxLength={254} />}
          </FormField>
          <DialogFooter className="mt-1">
            <DialogClose asChild>
              <Button variant="ghost">Cancel</Button>
            </DialogClose>
            <Button type="submit" pending={form.formState.isSubmitting}>
              Send link
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}
